from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Group

ENTRIES = [
    Entry(
        _("Service contracts"),
        "contracts:contract_list",
        permission=perm("contracts:contract_view"),
        group=Group.REGISTER,
        order=60,
    ),
    Entry(
        _("Out-of-town filings"),
        "contracts:filing_list",
        permission=perm("contracts:filing_view"),
        group=Group.REGISTER,
        order=70,
    ),
]
