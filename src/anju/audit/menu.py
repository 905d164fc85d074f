from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Group

ENTRIES = [
    Entry(
        _("Audit"),
        "audit:event_list",
        permission=perm("audit:event_view"),
        group=Group.RUNNING,
        order=10,
    ),
    Entry(
        _("Seals and anchors"),
        "audit:seal_list",
        permission=perm("audit:seal_view"),
        group=Group.RUNNING,
        order=20,
    ),
]
