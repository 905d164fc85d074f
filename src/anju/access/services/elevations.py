"""Elevations: an operator's short look at named rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.ports import DATA_OWNERS, MESSENGER
from anju.core.text import clean
from anju.core.time import SHANGHAI, legal_day
from anju.core.transactions import service
from anju.reference.models import PlacedModel

from .. import policies
from ..models import Elevation, Post, User
from ..rules import ELEVATION_MINUTES, is_row_name
from ..states import ElevationState, Role

ASKED = journal.declare("access.elevation_ask", _("Asked for an elevation"))
APPROVED = journal.declare("access.elevation_approve", _("Approved an elevation"))
REFUSED = journal.declare("access.elevation_refuse", _("Refused an elevation"))
READ = journal.declare("access.elevation_read", _("Looked at it as an operator of the platform"))
ENDED = journal.declare("access.elevation_end", _("Ended an elevation early"))


def _rows(names: Iterable[str]) -> list[str]:
    rows = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not rows or len(rows) > 50:
        raise InvalidInput({"rows": [_("Name 1 to 50 rows, one a line.")]})
    for row in rows:
        label = row.split(":")[0]
        if not is_row_name(row) or not _is_placed(label):
            sentence = _("Write rows as app.model:number; “%(row)s” is none.") % {"row": row[:60]}
            raise InvalidInput({"rows": [sentence]})
    return rows


def _is_placed(label: str) -> bool:
    try:
        model = apps.get_model(label)
        return issubclass(model, PlacedModel) or getattr(model, "is_elevatable", False)
    except (LookupError, ValueError):
        return False


@service
def elevation_ask(*, actor: Actor, reason: str, rows: Iterable[str], at: datetime) -> Elevation:
    """Ask to look at named rows (``app.model:pk``) for a reason.

    Raises:
        InvalidInput: no reason, or a row that names nothing.
    """
    policies.may_ask_elevation(actor).require()
    reason = clean(reason)
    if not reason or len(reason) > 500:
        raise InvalidInput({"reason": [_("Give a reason of at most 500 characters.")]})
    assert actor.user_id is not None  # the policy asks for a post
    elevation = Elevation.objects.create(
        asked_by_id=actor.user_id, reason=reason, rows=_rows(rows), asked_at=at
    )
    for user in _holders(Role.SECURITY_ADMIN, at=at):
        _tell(user, "access.elevation_asked", elevation, {})
    journal.record(
        actor=actor,
        action=ASKED,
        at=at,
        target=elevation,
        reason=reason,
        changes={"rows": [None, elevation.rows]},
    )
    return elevation


@service
def elevation_approve(*, actor: Actor, elevation: Elevation, at: datetime) -> Elevation:
    """Approve: from now for thirty minutes. The people whose data it is are told, and the
    officials who answer for the rows.

    Raises:
        Refused: the actor asked it, may not decide, or it is decided.
    """
    elevation = Elevation.objects.select_for_update().get(pk=elevation.pk)
    policies.may_decide_elevation(actor, elevation).require()
    elevation.state = ElevationState.APPROVED
    elevation.decided_by_id, elevation.decided_at = actor.user_id, at
    elevation.ends_at = at + timedelta(minutes=ELEVATION_MINUTES)
    elevation.save()
    span = {
        "from": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        "to": f"{elevation.ends_at.astimezone(SHANGHAI):%H:%M}",
    }
    for user in answerable(elevation.rows, at=at):
        _tell(user, "access.elevation_told", elevation, span)
    _tell_owners(elevation, span)
    journal.record(actor=actor, action=APPROVED, at=at, target=elevation, reason=elevation.reason)
    return elevation


@service
def elevation_refuse(*, actor: Actor, elevation: Elevation, reason: str, at: datetime) -> Elevation:
    """Refuse, with a reason.

    Raises:
        InvalidInput: no reason.
    """
    elevation = Elevation.objects.select_for_update().get(pk=elevation.pk)
    policies.may_decide_elevation(actor, elevation).require()
    reason = clean(reason)
    if not reason or len(reason) > 300:
        raise InvalidInput({"reason": [_("Give a reason of at most 300 characters.")]})
    elevation.state, elevation.decision_reason = ElevationState.REFUSED, reason
    elevation.decided_by_id, elevation.decided_at = actor.user_id, at
    elevation.save()
    journal.record(actor=actor, action=REFUSED, at=at, target=elevation, reason=reason)
    return elevation


@service
def elevation_end(*, actor: Actor, elevation: Elevation, at: datetime) -> Elevation:
    """End a running elevation early."""
    elevation = Elevation.objects.select_for_update().get(pk=elevation.pk)
    policies.may_end_elevation(actor, elevation).require()
    elevation.state = ElevationState.ENDED
    elevation.ends_at = min(at, elevation.ends_at or at)
    elevation.save(update_fields=["state", "ends_at"])
    journal.record(actor=actor, action=ENDED, at=at, target=elevation)
    return elevation


@service
def elevation_read(*, actor: Actor, page: str, rows: Iterable[str], at: datetime) -> None:
    """Journal that an operator opened a page with named rows, one row of the audit for each."""
    if actor.elevation is None:
        return
    elevation = Elevation.objects.get(pk=actor.elevation.id)
    for row in sorted(set(rows) & actor.elevation.rows):
        label, key = row.split(":")
        target = apps.get_model(label)._base_manager.filter(pk=int(key)).first()
        if target is not None:
            journal.record(
                actor=actor,
                action=READ,
                at=at,
                target=target,
                reason=elevation.reason,
                changes={"page": [None, page[:200]], "elevation": [None, elevation.pk]},
                personal=True,
            )


def answerable(rows: Iterable[str], *, at: datetime) -> list[User]:
    """Who answers for the rows: the district's clerks, or the bureau head where none holds it."""
    districts: set[int] = set()
    for row in rows:
        label, pk = row.split(":")
        if not issubclass(apps.get_model(label), PlacedModel):
            continue
        found = (
            apps.get_model(label)
            ._base_manager.filter(pk=int(pk))
            .values_list("district_id", flat=True)
            .first()
        )
        if found:
            districts.add(found)
    clerks = User.objects.filter(
        is_active=True,
        pk__in=Post.objects.valid_on(legal_day(at))
        .filter(role=Role.DISTRICT_CLERK, organisation__area_id__in=districts)
        .values("user_id"),
    )
    return list(clerks) or _holders(Role.BUREAU_HEAD, at=at)


def _holders(role: Role, *, at: datetime) -> list[User]:
    held = Post.objects.valid_on(legal_day(at)).filter(role=role)
    return list(User.objects.filter(is_active=True, pk__in=held.values("user_id")))


def _tell_owners(elevation: Elevation, span: dict[str, str]) -> None:
    """Tell each person whose data the rows are, in the inbox and by text message."""
    owners = DATA_OWNERS.get()(list(elevation.rows))
    for user in User.objects.filter(pk__in=owners, is_active=True):
        values = {"rows": ", ".join(owners[user.pk]), "reason": elevation.reason, **span}
        send = {"template": "access.elevation_owner_told", "language": user.language}
        MESSENGER.get()(
            channel="inapp", to=str(user.pk), values=values | {"link": "/my/readings/"}, **send
        )
        if user.phone:
            MESSENGER.get()(channel="sms", to=user.phone, values=values, **send)


def _tell(user: User, template: str, elevation: Elevation, values: dict[str, str]) -> None:
    with override(user.language):
        rows = _(", ").join(elevation.row_words)
    MESSENGER.get()(
        channel="inapp",
        to=str(user.pk),
        template=template,
        values={"rows": rows, "reason": elevation.reason, **values},
        language=user.language,
    )
