from django.utils.translation import gettext_lazy as _

from anju.ui.menus import Entry, Group, Shelf

from . import queries

ENTRIES = [
    Entry(_("To do"), "flow:task_list", group=Group.TODAY, order=20, count=queries.todos_open),
    Entry(_("To do"), "flow:task_list", order=10, shelf=Shelf.EAVE, count=queries.todos_open),
    Entry(_("On show"), "flow:publicity_list", group=Group.TODAY, order=40),
    Entry(_("On show"), "flow:publicity_list", order=40, shelf=Shelf.PORTAL),
]
