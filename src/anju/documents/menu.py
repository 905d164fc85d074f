from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Group, Shelf

ENTRIES = [
    Entry(
        _("Official papers"),
        "documents:paper_list",
        permission=perm("documents:paper_view"),
        icon="file",
        group=Group.TODAY,
        order=60,
    ),
    Entry(_("Verify a paper"), "documents:verify_start", order=60, shelf=Shelf.PORTAL),
]
