"""What files are attached to in this app. Loaded when the app is ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.files.purposes import declare

from . import policies

COPY = declare(
    "contracts.contract_copy",
    label=_("Signed copy"),
    owner="contracts.servicecontract",
    kinds={"pdf", "image"},
    view=policies.VIEW,
    may_add=policies.may_attach_copy,
    page="contracts:contract_detail",
)
FILING_PAPERS = declare(
    "contracts.filing_paper",
    label=_("Papers of the filing"),
    owner="contracts.outoftownfiling",
    kinds={"pdf", "image"},
    view=policies.FILING_VIEW,
    may_add=policies.may_attach_papers,
    page="contracts:filing_detail",
)
