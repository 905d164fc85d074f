"""People: registering with sealed numbers, changing, revealing with a reason, erasing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, NotFound, Refused
from anju.core.text import fold, initials, sort_key
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import rules, vault
from ..models import ChangeRequest, CompanyStaff, Manager, Person, PersonKey
from ..policies import may, may_reveal_identity
from ..states import IdKind, PersonState
from .base import checked, locked, need_second_person, required, told
from .search import manager_index

REGISTERED = journal.declare("registry.person_register", _("Registered a person"))
CHANGED = journal.declare("registry.person_change", _("Changed a person"))
IDENTITY_CHANGED = journal.declare(
    "registry.person_identity_change", _("Changed a person's identity number")
)
REVEALED = journal.declare("registry.person_reveal_identity", _("Read a person's numbers in clear"))
ERASED = journal.declare("registry.person_erase", _("Erased a person's numbers"))

CHANGE = perm("registry:person_change")
NO_MATCH = _(
    "This does not match the register. Check the home, the name and the number, or come to the"
    " counter with your papers."
)
REVIEW = perm("registry:change_review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person's numbers in clear, never stored and never logged."""

    id_number: str
    phone: str


def person_columns(
    name: str, id_number: str, phone: str, *, id_kind: str = IdKind.RESIDENT
) -> tuple[dict[str, Any], vault.DataKey]:
    """Columns of a person with the numbers sealed, and the data key; for COPY loads too."""
    key = vault.make_data_key()
    number, phone = rules.identity_normal(id_number), rules.phone_normal(phone)
    return {
        "name": name,
        "sort_key": sort_key(name),
        "pinyin": _syllables(name),
        "initials": initials(name)[:60],
        "id_kind": id_kind,
        "id_cipher": vault.seal(key.raw, "id", number) if number else None,
        "id_hash": vault.search_hash("id", f"{id_kind}:{number}") if number else None,
        "id_mask": rules.mask_identity(number),
        "phone_cipher": vault.seal(key.raw, "phone", phone) if phone else None,
        "phone_hash": vault.search_hash("phone", phone) if phone else None,
        "phone_mask": rules.mask_phone(phone),
    }, key


def _syllables(name: str) -> str:
    # The part of the sort key before the bar: pinyin syllables with blanks.
    return sort_key(fold(name)).rsplit(" | ", 1)[0][:200]


@service
def person_register(
    *,
    actor: Actor,
    name: str,
    at: datetime,
    id_number: str = "",
    phone: str = "",
    id_kind: str = IdKind.RESIDENT,
) -> Person:
    """Register a person; the identity number and the phone are sealed at once.

    The officials of the place that registers see the person from then on.

    Raises:
        InvalidInput: naming the fields; Conflict: the identity number is on file.
    """
    may(actor, CHANGE).require()
    return person_enter(
        actor=actor, name=name, id_number=id_number, phone=phone, id_kind=id_kind, at=at
    )


def person_enter(
    *, actor: Actor, name: str, id_number: str, phone: str, id_kind: str, at: datetime
) -> Person:
    """Put a person on file; for services that asked their own policy."""
    name = required("name", name, longest=60)
    _check_numbers(id_kind, id_number, phone)
    columns, key = person_columns(name, id_number, phone, id_kind=id_kind)
    person = Person(**columns, registered_in_id=actor.area_id)
    checked(person, exclude=("pinyin", "initials"))
    with told():
        person.save()
        PersonKey.objects.create(person=person, key_id=key.key_id, wrapped=key.wrapped)
    journal.record(actor=actor, action=REGISTERED, at=at, target=person)
    return person


def person_found_or_entered(
    *, actor: Actor, name: str, id_number: str, phone: str, id_kind: str, at: datetime
) -> Person:
    """The person of an identity number; put on file where nobody has it. For services.

    Raises:
        InvalidInput: no number; Refused: the number is on file under another name.
    """
    if not rules.identity_normal(id_number):
        raise InvalidInput({"id_number": [_("Please fill in this field.")]})
    found = person_by_number(id_kind, id_number)
    if found is None:
        return person_enter(
            actor=actor, name=name, id_number=id_number, phone=phone, id_kind=id_kind, at=at
        )
    if fold(found.name) != fold(name):
        raise Refused(NO_MATCH)
    return found


def person_by_number(id_kind: str, id_number: str) -> Person | None:
    """The person on file with this identity number."""
    number = rules.identity_normal(id_number)
    if not number:
        return None
    return Person.objects.filter(id_hash=vault.search_hash("id", f"{id_kind}:{number}")).first()


@service
def person_change(
    *,
    actor: Actor,
    person: Person,
    reason: str,
    at: datetime,
    name: str | None = None,
    phone: str | None = None,
) -> Person:
    """Change name or phone of a person; None leaves a value as it is.

    The identity number has ``person_identity_change``.
    """
    may(actor, CHANGE, person).require()
    person = _on_file(person)
    reason = required("reason", reason)
    _check_numbers(person.id_kind, "", phone or "")
    changed = []
    if name is not None:
        person.name = required("name", name, longest=60)
        person.sort_key, person.initials = sort_key(person.name), initials(person.name)[:60]
        person.pinyin = _syllables(person.name)
        changed.append("name")
    if phone is not None:
        raw = _open_key(person)
        phone = rules.phone_normal(phone)
        person.phone_cipher = vault.seal(raw, "phone", phone) if phone else None
        person.phone_hash = vault.search_hash("phone", phone) if phone else None
        person.phone_mask = rules.mask_phone(phone)
        changed.append("phone")
    with told():
        person.save()
        if name is not None:
            _rename_where_employed(person, at)
    journal.record(
        actor=actor, action=CHANGED, at=at, target=person, reason=reason,
        changes={field: ["", ""] for field in changed},
    )  # fmt: skip
    return person


def identity_proposal(person: Person, id_number: str) -> dict[str, str]:
    """A proposed identity number as ``change_propose`` keeps it: masked, and sealed.

    Raises:
        InvalidInput: not an identity number.
    """
    _check_numbers(person.id_kind, id_number, "")
    number = rules.identity_normal(id_number)
    if not number:
        raise InvalidInput({"id_number": [_("Please fill in this field.")]})
    sealed = vault.seal(_open_key(person), "id", number)
    return {"id_mask": rules.mask_identity(number), "id_sealed": sealed.hex()}


def identity_proposed(person: Person, sealed: str) -> str:
    """The number of a proposal in clear, for the service that writes it.

    Raises:
        InvalidInput: it was not sealed for this person.
    """
    try:
        return vault.unseal(_open_key(person), "id", bytes.fromhex(sealed))
    except (ValueError, vault.KeyMissing) as error:
        raise InvalidInput(
            {"id_number": [_("The proposed number cannot be read; propose it anew.")]}
        ) from error


@service
def person_identity_change(
    *,
    actor: Actor,
    person: Person,
    id_number: str,
    reason: str,
    at: datetime,
    approved: ChangeRequest | None = None,
) -> Person:
    """Correct the identity number of a person.

    Raises:
        Refused: nobody else approved it; Conflict: the number is on file for another person.
    """
    need_second_person(actor, approved, "person_identity_change")
    may(actor, CHANGE if approved is None else REVIEW, person).require()
    person = _on_file(person)
    _check_numbers(person.id_kind, id_number, "")
    raw, number = _open_key(person), rules.identity_normal(id_number)
    person.id_cipher = vault.seal(raw, "id", number) if number else None
    person.id_hash = vault.search_hash("id", f"{person.id_kind}:{number}") if number else None
    person.id_mask = rules.mask_identity(number)
    with told():
        person.save()
    journal.record(
        actor=actor, action=IDENTITY_CHANGED, at=at, target=person,
        reason=required("reason", reason), changes={"id_number": ["", ""]},
    )  # fmt: skip
    return person


@service
def person_reveal_identity(*, actor: Actor, person: Person, reason: str, at: datetime) -> Identity:
    """A person's identity number and phone in clear; the reading is journalled.

    Raises:
        InvalidInput: no reason; NotFound: the key was destroyed.
    """
    may_reveal_identity(actor, person).require()
    reason = required("reason", reason)
    if len(reason) < 4:
        raise InvalidInput({"reason": [_("Say in a few words why you need to see it.")]})
    raw = _open_key(person)
    try:
        identity = Identity(
            id_number=vault.unseal(raw, "id", bytes(person.id_cipher)) if person.id_cipher else "",
            phone=vault.unseal(raw, "phone", bytes(person.phone_cipher))
            if person.phone_cipher
            else "",
        )
    except vault.KeyMissing as error:
        raise NotFound(_("The numbers cannot be read: their key is missing.")) from error
    journal.record(actor=actor, action=REVEALED, at=at, target=person, reason=reason, personal=True)
    return identity


@service
def person_erase(
    *,
    actor: Actor,
    person: Person,
    reason: str,
    at: datetime,
    approved: ChangeRequest | None = None,
) -> Person:
    """Destroy the data key and take hashes and masks out of the row and of its history.

    The numbers cannot be read again here; a backup made before still holds the key, so whoever
    restores one erases again (docs/operations.md). The name stays: who owned a home is
    part of the register.

    Raises:
        Refused: nobody else approved it.
    """
    need_second_person(actor, approved, "person_erase")
    may(actor, CHANGE if approved is None else REVIEW, person).require()
    person = _on_file(person)
    reason = required("reason", reason)
    PersonKey.objects.filter(person=person).delete()
    person.state = PersonState.ERASED
    person.id_cipher = person.phone_cipher = person.id_hash = person.phone_hash = None
    person.id_mask = person.phone_mask = ""
    with told():
        person.save()
        # Proposals for the number hold its mask too.
        ChangeRequest.objects.filter(
            target_type=Person._meta.label_lower,
            target_id=person.pk,
            action="person_identity_change",
        ).update(before={}, after={})
        with connection.cursor() as cursor:
            cursor.execute("SELECT registry_person_redact(%s)", [person.pk])
    journal.record(actor=actor, action=ERASED, at=at, target=person, reason=reason)
    return person


def _on_file(person: Person) -> Person:
    person = locked(person)
    if person.state == PersonState.ERASED:
        raise Conflict(_("This person's file was erased."))
    return person


def _rename_where_employed(person: Person, at: datetime) -> None:
    """A manager's file and the staff of today bear the person's name."""
    for manager in Manager.objects.select_for_update().filter(person=person):
        manager.name, manager.sort_key = person.name, person.sort_key
        manager.save(update_fields=["name", "sort_key"])
        manager_index(manager)
    CompanyStaff.objects.on(legal_day(at)).filter(person=person).update(name=person.name)


def _check_numbers(id_kind: str, id_number: str, phone: str) -> None:
    errors: dict[str, list[Any]] = {}
    if id_number and id_kind == IdKind.RESIDENT and not rules.identity_is_valid(id_number):
        errors["id_number"] = [_("This is not an identity number: check every digit.")]
    if len(rules.identity_normal(id_number)) > 40:
        errors["id_number"] = [_("The number is too long.")]
    if phone and not rules.phone_is_valid(phone):
        errors["phone"] = [_("This is not a telephone number.")]
    if errors:
        raise InvalidInput(errors)


def _open_key(person: Person) -> bytes:
    key = PersonKey.objects.filter(person=person).first()
    if key is None:
        raise NotFound(_("The numbers cannot be read: their key is missing."))
    try:
        return vault.open_data_key(key.key_id, bytes(key.wrapped))
    except vault.KeyMissing as error:
        raise NotFound(_("The numbers cannot be read: their key is missing.")) from error
