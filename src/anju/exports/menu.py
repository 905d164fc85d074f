from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.ui.menus import Entry, Shelf

ENTRIES = [Entry(_("My exports"), "exports:mine", shelf=Shelf.ACCOUNT, order=30)]
