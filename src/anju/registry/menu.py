"""Navigation of the register."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.ui.menus import Entry, Group, Shelf

from .models import ChangeRequest, ReadComplaint
from .states import ChangeState, ComplaintState

CHANGES = perm("registry:change_view")


def waiting(actor: Actor) -> QuerySet[ChangeRequest]:
    """Changes that wait for a second person."""
    return ChangeRequest.objects.visible_to(actor).filter(state=ChangeState.PROPOSED)


def unanswered(actor: Actor) -> QuerySet[ReadComplaint]:
    """Complaints about reads that wait for an answer."""
    return ReadComplaint.objects.visible_to(actor).filter(state=ComplaintState.RECEIVED)


def _entry(words: object, name: str, permission: str, order: int) -> Entry:
    return Entry(
        words,  # type: ignore[arg-type]
        f"registry:{name}",
        permission=perm(f"registry:{permission}"),
        group=Group.REGISTER,
        order=order,
    )


ENTRIES = [
    Entry(_("Desk"), "registry:desk", permission=perm("registry:register_search"), order=1),
    Entry(
        _("Find communities, companies, people, numbers"),
        "registry:find",
        permission=perm("registry:register_search"),
        shelf=Shelf.SEARCH,
    ),
    _entry(_("Communities"), "communities", "community_view", 10),
    _entry(_("Management areas"), "areas", "area_view", 12),
    _entry(_("Projects"), "projects", "project_view", 14),
    _entry(_("Homes and units"), "units", "unit_view", 16),
    _entry(_("People"), "people", "person_view", 18),
    _entry(_("Bound homes"), "bindings", "binding_view", 19),
    Entry(
        _("Complaints about reads"),
        "registry:complaints",
        permission=perm("audit:complaint_view"),
        group=Group.RUNNING,
        order=15,
        count=unanswered,
    ),
    _entry(_("Property companies"), "companies", "company_view", 20),
    _entry(_("Project managers"), "managers", "manager_view", 22),
    _entry(_("Developers"), "developers", "company_view", 24),
    Entry(
        _("Changes for review"),
        "registry:changes",
        permission=CHANGES,
        group=Group.REGISTER,
        order=26,
        count=waiting,
    ),
    _entry(_("Imports"), "imports", "unit_import", 28),
]
