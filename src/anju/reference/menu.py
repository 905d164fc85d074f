from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Group

ENTRIES = [
    Entry(
        _("Places"),
        "reference:area_list",
        permission=perm("reference:place_view"),
        icon="pin",
        group=Group.REGISTER,
        order=80,
    ),
    Entry(
        _("Divisions"),
        "reference:division_list",
        permission=perm("reference:place_view"),
        group=Group.REGISTER,
        order=82,
    ),
    Entry(
        _("Calendar"),
        "reference:calendar",
        permission=perm("reference:calendar_view"),
        icon="calendar",
        group=Group.RUNNING,
        order=60,
    ),
]
