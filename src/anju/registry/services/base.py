"""What the services of the register share: sentences for constraints, spells, second persons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core.actors import Actor, ActorKind
from anju.core.errors import Conflict, InvalidInput, Refused, Sentence
from anju.core.ports import MESSENGER
from anju.core.text import clean
from anju.core.time import legal_day

from ..models import ChangeRequest
from ..states import ChangeState

M = TypeVar("M", bound=models.Model)

_SENTENCES: dict[str, Sentence] = {
    "registry_owner_shares_sum": _("The shares of the owners must add to exactly one."),
    "registry_manager_published_phone": _(
        "A published telephone must not be a phone anybody signs in with."
    ),
}


def constraint_sentence(name: str | None) -> Sentence:
    """The sentence a person reads when a constraint of the register, or above it, refuses."""
    if name in _SENTENCES:
        return _SENTENCES[name]
    if name and name.endswith("_period"):
        return _("The period has no first day, or ends before it begins.")
    for model in apps.get_models():
        if not model.__module__.startswith("anju."):
            continue
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message:
                return constraint.violation_error_message
        for field in model._meta.fields:
            if field.unique and name and name.startswith(f"{model._meta.db_table}_{field.column}_"):
                return _("This is on file already: %(field)s.") % {"field": field.verbose_name}
    return _("What is on file does not allow this. Read the page again and check the values.")


@contextmanager
def told() -> Iterator[None]:
    """Turn a refusal of the database into a sentence, with nothing half-saved.

    Raises:
        Conflict: with the sentence of the constraint.
    """
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        diag = getattr(error.__cause__, "diag", None)
        raise Conflict(constraint_sentence(getattr(diag, "constraint_name", None))) from error
    except DataError as error:
        raise InvalidInput({"__all__": [_("A value is too long or out of range.")]}) from error


def checked(instance: models.Model, *, exclude: tuple[str, ...] = ()) -> None:
    """Check the fields of a row before it is written.

    Raises:
        InvalidInput: naming each field.
    """
    try:
        instance.clean_fields(exclude=set(exclude) | {"sort_key"})
    except ValidationError as error:
        raise InvalidInput(error.message_dict) from error


def required(field: str, text: str, *, longest: int = 200) -> str:
    """Cleaned text that must not be empty.

    Raises:
        InvalidInput: empty or too long.
    """
    text = clean(text)
    if not text:
        raise InvalidInput({field: [_("Please fill in this field.")]})
    if len(text) > longest:
        raise InvalidInput(
            {field: [_("Write at most %(longest)s characters.") % {"longest": longest}]}
        )
    return text


def not_after_today(on_day: date, at: datetime, *, field: str = "on_day") -> None:
    """Refuse a day in the future.

    Raises:
        InvalidInput: the day lies ahead.
    """
    if on_day > legal_day(at):
        raise InvalidInput({field: [_("The day must not lie in the future.")]})


def locked(instance: M) -> M:
    """The row, read again under lock."""
    return type(instance)._default_manager.select_for_update(of=("self",)).get(pk=instance.pk)


def succeed(
    model: type[models.Model], keys: dict[str, Any], values: dict[str, Any], on_day: date
) -> bool:
    """Make ``values`` true from ``on_day`` until the next spell of the same ``keys``.

    The spell of the day before ends; one that begins on the very day is corrected in place.
    Returns whether anything changed.
    """
    rows: Any = model._default_manager.filter(**keys)
    current = rows.filter(period__contains=on_day).select_for_update().first()
    if current is not None:
        if all(getattr(current, name) == value for name, value in values.items()):
            return False
        if current.period.lower == on_day:
            for name, value in values.items():
                setattr(current, name, value)
            current.save(update_fields=list(values))
            return True
        end = current.period.upper
        current.period = DateRange(current.period.lower, on_day)
        current.save(update_fields=["period"])
    else:
        later = rows.filter(period__startswith__gt=on_day).order_by("period").first()
        end = later.period.lower if later is not None else None
    model._default_manager.create(**keys, **values, period=DateRange(on_day, end))
    return True


def end_spell(model: type[models.Model], keys: dict[str, Any], on_day: date) -> bool:
    """End the spell true on the day before ``on_day``; returns whether there was one."""
    row: Any = model._default_manager.filter(**keys, period__contains=on_day).first()
    if row is None:
        return False
    if row.period.lower >= on_day:
        raise Conflict(_("It begins on that day; choose a later day for the end."))
    row.period = DateRange(row.period.lower, on_day)
    row.save(update_fields=["period"])
    return True


def need_second_person(actor: Actor, approved: ChangeRequest | None, action: str) -> None:
    """Refuse a change that needs two pairs of eyes unless a second person approved it.

    Raises:
        Refused: nobody approved it.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    if (
        approved is None
        or approved.state != ChangeState.APPROVED
        or approved.action != action
        or approved.reviewed_by_id != actor.user_id
    ):
        raise Refused(_("This change needs a second person: propose it for review."))


def tell(user: User, template: str, values: dict[str, Any]) -> None:
    """Tell an account in its inbox, and by text message where it has a phone."""
    send = MESSENGER.get()
    send(channel="inapp", to=str(user.pk), template=template, values=values, language=user.language)
    if user.phone:
        send(channel="sms", to=user.phone, template=template, values=values, language=user.language)
