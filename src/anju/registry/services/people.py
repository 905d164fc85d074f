"""People: registering with sealed numbers, changing, revealing with a reason, erasing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, NotFound, Refused
from anju.core.text import fold, initials, sort_key
from anju.core.transactions import service

from .. import rules, vault
from ..models import Person, PersonKey
from ..policies import may, may_reveal_identity
from ..states import IdKind, PersonState
from .base import checked, locked, required, told

REGISTERED = journal.declare("registry.person_register", _("Registered a person"))
CHANGED = journal.declare("registry.person_change", _("Changed a person"))
REVEALED = journal.declare("registry.person_reveal_identity", _("Read a person's numbers in clear"))
ERASED = journal.declare("registry.person_erase", _("Erased a person's numbers"))

CHANGE = perm("registry:person_change")
NO_MATCH = _(
    "This does not match the register. Check the home, the name and the number, or come to the"
    " counter with your papers."
)


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
    person = Person(**columns)
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
    number = rules.identity_normal(id_number)
    if not number:
        raise InvalidInput({"id_number": [_("Please fill in this field.")]})
    found = Person.objects.filter(id_hash=vault.search_hash("id", f"{id_kind}:{number}")).first()
    if found is None:
        return person_enter(
            actor=actor, name=name, id_number=number, phone=phone, id_kind=id_kind, at=at
        )
    if fold(found.name) != fold(name):
        raise Refused(NO_MATCH)
    return found


@service
def person_change(
    *,
    actor: Actor,
    person: Person,
    reason: str,
    at: datetime,
    name: str | None = None,
    id_number: str | None = None,
    phone: str | None = None,
) -> Person:
    """Change name, identity number or phone of a person; None leaves a value as it is."""
    may(actor, CHANGE, person).require()
    person = locked(person)
    if person.state == PersonState.ERASED:
        raise Conflict(_("This person's file was erased."))
    reason = required("reason", reason)
    _check_numbers(person.id_kind, id_number or "", phone or "")
    changed = []
    if name is not None:
        person.name = required("name", name, longest=60)
        person.sort_key, person.initials = sort_key(person.name), initials(person.name)[:60]
        person.pinyin = _syllables(person.name)
        changed.append("name")
    raw = _open_key(person)
    if id_number is not None:
        number = rules.identity_normal(id_number)
        person.id_cipher = vault.seal(raw, "id", number) if number else None
        person.id_hash = vault.search_hash("id", f"{person.id_kind}:{number}") if number else None
        person.id_mask = rules.mask_identity(number)
        changed.append("id_number")
    if phone is not None:
        phone = rules.phone_normal(phone)
        person.phone_cipher = vault.seal(raw, "phone", phone) if phone else None
        person.phone_hash = vault.search_hash("phone", phone) if phone else None
        person.phone_mask = rules.mask_phone(phone)
        changed.append("phone")
    with told():
        person.save()
    journal.record(
        actor=actor, action=CHANGED, at=at, target=person, reason=reason,
        changes={field: ["", ""] for field in changed},
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
def person_erase(*, actor: Actor, person: Person, reason: str, at: datetime) -> Person:
    """Destroy the data key: the numbers can never be read again, in backups neither."""
    may(actor, CHANGE, person).require()
    person = locked(person)
    reason = required("reason", reason)
    PersonKey.objects.filter(person=person).delete()
    person.state = PersonState.ERASED
    person.id_cipher = person.phone_cipher = person.id_hash = person.phone_hash = None
    person.id_mask = person.phone_mask = ""
    with told():
        person.save()
    journal.record(actor=actor, action=ERASED, at=at, target=person, reason=reason)
    return person


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
