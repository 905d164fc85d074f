from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.ui.menus import Entry, Shelf

ENTRIES = (
    [Entry(_("Sign-ins of the demo"), "city:sign_ins", order=5, shelf=Shelf.UTIL)]
    if settings.DEMO
    else []
)
