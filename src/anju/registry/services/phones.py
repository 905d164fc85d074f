"""One phone in two people's files: an official decides whose it is, and both are told."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.ports import MESSENGER
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import rules, vault
from ..models import HomeBinding, Person
from ..policies import OUT_OF_REACH, may
from .base import required, tell, told
from .bindings import bindings_end, register_phone

SEPARATED = journal.declare("registry.phone_separate", _("Separated a phone of two people"))

SEPARATE = perm("registry:phone_separate")


@service
def phone_separate(*, actor: Actor, keeper: Person, reason: str, at: datetime) -> int:
    """Leave a phone with one person: it goes out of every other file, and accounts signed in
    with it are no longer bound to those people's homes. Returns how many files changed.

    Raises:
        Refused: one of the files lies outside the actor's reach.
        Conflict: nobody else has this phone.
    """
    may(actor, SEPARATE, keeper).require()
    reason = required("reason", reason)
    if not keeper.phone_hash:
        raise InvalidInput({"keeper": [_("This person has no phone on file.")]})
    phone_hash = bytes(keeper.phone_hash)
    people = list(
        Person.objects.select_for_update(of=("self",)).filter(phone_hash=phone_hash).order_by("pk")
    )
    if Person.objects.visible_to(actor).filter(phone_hash=phone_hash).count() < len(people):
        raise Refused(OUT_OF_REACH)
    others = [person for person in people if person.pk != keeper.pk]
    if not others:
        raise Conflict(_("Nobody else has this phone. It was separated already."))
    phone = register_phone(keeper)
    for person in others:
        person.phone_cipher = person.phone_hash = None
        person.phone_mask = ""
        with told():
            person.save(update_fields=["phone_cipher", "phone_hash", "phone_mask"])
        journal.record(actor=actor, action=SEPARATED, at=at, target=person, reason=reason)
    bindings_end(
        actor=actor,
        bindings=HomeBinding.objects.filter(person__in=others, phone_hash=phone_hash),
        reason=str(_("The phone belongs to another person")),
        at=at,
    )
    journal.record(actor=actor, action=SEPARATED, at=at, target=keeper, reason=reason)
    day = {"day": legal_day(at).isoformat()}
    MESSENGER.get()(channel="sms", to=phone, template="registry.phone_kept", values=day)
    bound = HomeBinding.objects.filter(person__in=others).values("user_id")
    for user in User.objects.filter(pk__in=bound):
        if user.phone == phone:  # it rang already, and reads as the keeper's
            _inbox(user, day)
        else:
            tell(user, "registry.phone_taken", day)
    return len(others)


def _inbox(user: User, day: dict[str, str]) -> None:
    MESSENGER.get()(
        channel="inapp",
        to=str(user.pk),
        template="registry.phone_taken",
        values=day,
        language=user.language,
    )


def bindings_follow(*, user_id: int, phone: str) -> None:
    """Know an account's running bindings by its new phone; the old one is free for others.

    Raises:
        Conflict: the new phone is bound to another owner.
    """
    new = vault.search_hash("phone", rules.phone_normal(phone))
    with told():
        HomeBinding.objects.filter(user_id=user_id, ended_at=None).update(phone_hash=new)
