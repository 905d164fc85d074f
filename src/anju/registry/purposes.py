"""What files are attached to in the register. Loaded when the app is ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.files.purposes import declare

from . import policies

EVIDENCE = declare(
    "registry.change_evidence",
    label=_("Evidence"),
    owner="registry.changerequest",
    kinds={"image", "pdf", "document", "sheet"},
    view=perm("registry:change_view"),
    may_add=policies.may_add_evidence,
    page="registry:change",
    title=lambda change: str(change.target_label),
    personal=True,
)
PHOTOS = declare(
    "registry.community_photo",
    label=_("Photographs"),
    owner="registry.community",
    kinds={"image"},
    view=perm("registry:community_view"),
    may_add=policies.may_attach_to_community,
    page="registry:community",
)
PAPERS = declare(
    "registry.community_paper",
    label=_("Papers of the community"),
    owner="registry.community",
    kinds={"pdf", "document", "sheet", "image"},
    view=perm("registry:owner_view"),  # they may name people
    may_add=policies.may_attach_to_community,
    page="registry:community",
)
