from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Group, Shelf

from .queries import unread

ENTRIES = [
    Entry(
        _("Messages"),
        "notices:inbox",
        icon="bell",
        shelf=Shelf.EAVE,
        order=20,
        count=unread,
    ),
    Entry(
        _("Outgoing messages"),
        "notices:outgoing",
        permission=perm("notices:outgoing_view"),
        group=Group.RUNNING,
        order=40,
    ),
]
