from django.utils.translation import gettext_lazy as _

from anju.ui.menus import Entry, Group, Shelf

from . import policies
from .permissions import perm

ENTRIES = [
    Entry(
        _("Organisations"),
        "access:organisation_list",
        permission=policies.ORGANISATION_VIEW,
        group=Group.RUNNING,
        order=10,
    ),
    Entry(
        _("Accounts"),
        "access:account_list",
        permission=policies.ACCOUNT_VIEW,
        group=Group.RUNNING,
        order=20,
    ),
    Entry(_("Roles"), "access:roles", permission=policies.ROLE_VIEW, group=Group.RUNNING, order=30),
    Entry(
        _("Elevations"),
        "access:elevation_list",
        permission=policies.ELEVATION_VIEW,
        group=Group.RUNNING,
        order=40,
    ),
    Entry(
        _("Partner keys"),
        "access:key_list",
        permission=policies.KEY_ISSUE,
        group=Group.RUNNING,
        order=50,
    ),
    Entry(_("In whose name I work"), "access:post_switch", shelf=Shelf.SWITCH),
    Entry(_("My account"), "access:account", shelf=Shelf.ACCOUNT, order=10),
    Entry(_("My sign-ins"), "access:signin_list", shelf=Shelf.ACCOUNT, order=20),
    Entry(_("Sign out"), "access:sign_out", shelf=Shelf.SIGN_OUT),
    Entry(
        _("Sign in"),
        "access:sign_in",
        permission=perm("access:account_enter"),
        shelf=Shelf.UTIL,
        order=90,
    ),
    Entry(
        _("My account"),
        "access:account",
        permission=perm("access:account_own"),
        shelf=Shelf.UTIL,
        order=90,
    ),
]
