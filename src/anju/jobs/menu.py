from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Group

ENTRIES = [
    Entry(
        _("Background work"),
        "jobs:overview",
        permission=perm("jobs:job_view"),
        group=Group.RUNNING,
        order=30,
    ),
]
