"""Project managers: the file, the company they work for, the published telephone."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import sort_key
from anju.core.transactions import service

from .. import rules
from ..models import Company, Manager, ManagerAssignment, ManagerEmployment, Person
from ..policies import may
from ..states import IdKind, ManagerState
from .base import checked, end_spell, locked, required, succeed, told
from .people import person_by_number, person_enter
from .search import manager_index

REGISTERED = journal.declare("registry.manager_register", _("Opened a project manager's file"))
EMPLOYED = journal.declare("registry.manager_employ", _("Recorded a manager's company"))
LEFT = journal.declare("registry.manager_leave", _("Recorded that a manager left the company"))
PUBLISHED = journal.declare(
    "registry.manager_publish_phone", _("Changed a manager's published telephone")
)

CHANGE = perm("registry:manager_change")


@service
def manager_register(
    *,
    actor: Actor,
    person: Person,
    company: Company,
    from_day: date,
    at: datetime,
    published_phone: str = "",
    certificate_number: str = "",
    user: User | None = None,
) -> Manager:
    """Open the file of a project manager who works for a company from a day on."""
    may(actor, CHANGE, company).require()
    may(actor, CHANGE, person).require()
    return _open_file(
        actor=actor, person=person, company=company, from_day=from_day, at=at,
        published_phone=published_phone, certificate_number=certificate_number, user=user,
    )  # fmt: skip


@service
def manager_enter(
    *,
    actor: Actor,
    name: str,
    company: Company,
    from_day: date,
    at: datetime,
    id_number: str = "",
    id_kind: str = IdKind.RESIDENT,
    phone: str = "",
    published_phone: str = "",
    certificate_number: str = "",
) -> Manager:
    """Open the file of a manager by name and identity number; the person is registered if new.

    Raises:
        Conflict: the number is on file under another name, or the person has a file already.
    """
    may(actor, CHANGE, company).require()
    name = required("name", name, longest=60)
    person = person_by_number(id_kind, id_number)
    if person is None:
        person = person_enter(
            actor=actor, name=name, id_number=id_number, phone=phone, id_kind=id_kind, at=at
        )
    elif person.name != name:
        raise Conflict(_("This identity number is on file under another name."))
    return _open_file(
        actor=actor, person=person, company=company, from_day=from_day, at=at,
        published_phone=published_phone, certificate_number=certificate_number, user=None,
    )  # fmt: skip


def _open_file(
    *,
    actor: Actor,
    person: Person,
    company: Company,
    from_day: date,
    at: datetime,
    published_phone: str,
    certificate_number: str,
    user: User | None,
) -> Manager:
    if Manager.objects.filter(person=person).exists():
        raise Conflict(_("The person has a manager's file already."))
    manager = Manager(
        person=person,
        name=person.name,
        sort_key=sort_key(person.name),
        certificate_number=certificate_number,
        published_phone=_phone(published_phone),
        user=user,
    )
    checked(manager)
    _never_a_sign_in_phone(manager.published_phone)
    with told():
        manager.save()
        succeed(ManagerEmployment, {"manager": manager}, {"company": company}, from_day)
        manager_index(manager)
    journal.record(
        actor=actor, action=REGISTERED, at=at, target=manager,
        changes={"company": [None, company.name]},
    )  # fmt: skip
    return manager


@service
def manager_employ(
    *, actor: Actor, manager: Manager, company: Company, from_day: date, at: datetime
) -> Manager:
    """Record that the manager works for a company from a day on; the file follows.

    Raises:
        Conflict: the manager leads a project of the former company on that day.
    """
    may(actor, CHANGE, company).require()
    may(actor, CHANGE, manager).require()
    manager = locked(manager)
    leads = ManagerAssignment.objects.filter(manager=manager, period__contains=from_day).exclude(
        project__company=company
    )
    if leads.exists():
        raise Conflict(_("The manager leads a project of another company; change that first."))
    with told():
        if manager.state != ManagerState.ACTIVE:
            manager.state = ManagerState.ACTIVE  # back in the trade
            manager.save(update_fields=["state"])
        succeed(ManagerEmployment, {"manager": manager}, {"company": company}, from_day)
        manager_index(manager)
    journal.record(
        actor=actor, action=EMPLOYED, at=at, target=manager,
        changes={"company": [None, company.name], "on_day": [None, str(from_day)]},
    )  # fmt: skip
    return manager


@service
def manager_leave(
    *, actor: Actor, manager: Manager, on_day: date, reason: str, at: datetime
) -> Manager:
    """Record that the manager left the company; assignments end with it."""
    may(actor, CHANGE, manager).require()
    manager = locked(manager)
    if ManagerAssignment.objects.filter(manager=manager, period__contains=on_day).exists():
        raise Conflict(_("The manager still leads a project; name another manager first."))
    with told():
        if not end_spell(ManagerEmployment, {"manager": manager}, on_day):
            raise Conflict(_("The manager works for no company on that day."))
    journal.record(
        actor=actor, action=LEFT, at=at, target=manager, reason=required("reason", reason)
    )
    return manager


@service
def manager_publish_phone(*, actor: Actor, manager: Manager, phone: str, at: datetime) -> Manager:
    """Publish a telephone (empty: none). It must not be anybody's sign-in phone.

    Raises:
        InvalidInput: not a telephone; Conflict: somebody signs in with it.
    """
    may(actor, CHANGE, manager).require()
    manager = locked(manager)
    before, manager.published_phone = manager.published_phone, _phone(phone)
    _never_a_sign_in_phone(manager.published_phone)
    with told():
        manager.save(update_fields=["published_phone"])
        manager_index(manager)
    journal.record(
        actor=actor, action=PUBLISHED, at=at, target=manager,
        changes={"published_phone": [before, manager.published_phone]},
    )  # fmt: skip
    return manager


def _phone(phone: str) -> str:
    if phone and not rules.phone_is_valid(phone):
        raise InvalidInput({"published_phone": [_("This is not a telephone number.")]})
    return rules.phone_normal(phone)[:20]


def _never_a_sign_in_phone(phone: str) -> None:
    if phone and User.objects.filter(phone=phone).exists():
        raise Conflict(_("A published telephone must not be a phone anybody signs in with."))
