from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.menus import Entry, Shelf

ENTRIES = [
    Entry(_("Front page"), "portal:home", order=10, shelf=Shelf.PORTAL),
    Entry(_("Communities"), "portal:community_list", order=20, shelf=Shelf.PORTAL),
    Entry(_("Property companies"), "portal:company_list", order=21, shelf=Shelf.PORTAL),
    Entry(_("Project managers"), "portal:manager_list", order=22, shelf=Shelf.PORTAL),
    Entry(_("Open data"), "portal:open_data", order=70, shelf=Shelf.PORTAL),
    Entry(_("My home"), "portal:my_home", order=80, shelf=Shelf.PORTAL),
    Entry(
        _("Who has read my data"),
        "portal:readings",
        permission=perm("registry:binding_self"),
        shelf=Shelf.ACCOUNT,
        order=30,
    ),
    Entry(_("Community, company or project manager"), "portal:find", shelf=Shelf.FIND),
    Entry(_("About the platform"), "portal:about", order=10, shelf=Shelf.FOOT),
    Entry(_("Site map"), "portal:site_map", order=20, shelf=Shelf.FOOT),
    Entry(_("Open data"), "portal:open_data", order=30, shelf=Shelf.FOOT),
]
