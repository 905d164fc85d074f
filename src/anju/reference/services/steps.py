"""The steps changes of areas are made of: each writes one fact from a day on and keeps the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from anju.core.errors import InvalidInput
from anju.core.text import clean

from ..models import Area, AreaCode, AreaGap, AreaName, AreaParent
from ..states import AreaKind


def rename(*, area: Area, name: str, on: date, source: str) -> str:
    """Give an area another name; returns the earlier one.

    Raises:
        InvalidInput: no name, the same name, or a day too early.
    """
    name = clean(name)
    if not name:
        raise InvalidInput({"name": [_("Write the new name.")]})
    if name == area.name:
        raise InvalidInput({"name": [_("The area carries this name already.")]})
    before = close(area.names.all(), on, area=area, name=area.name)
    AreaName.objects.create(area=area, name=name, period=(on, None), source=source)
    area.name = name
    area.save(update_fields=["name"])
    return str(before)


def recode(*, area: Area, code: str, on: date, source: str) -> str:
    """Give an area another code; returns the earlier one.

    Raises:
        InvalidInput: no code, one that another area bears, or a day too early.
    """
    code = clean(code)
    free_code(code, on=on, area=area)
    before = close(area.codes.all(), on, area=area, code=area.code)
    AreaCode.objects.create(area=area, code=code, period=(on, None), source=source)
    area.code = code
    area.save(update_fields=["code"])
    return str(before)


def move(*, area: Area, parent: Area, on: date, source: str) -> Area:
    """Put an area into another one; returns the one it lay in.

    Raises:
        InvalidInput: the same parent, one of no higher level or no more, or a day too early.
    """
    if parent.level >= area.level:
        raise InvalidInput(
            {"parent": [_("An area lies in one of a higher level. Choose another.")]}
        )
    if area.parent is None or area.parent_id == parent.pk:
        raise InvalidInput({"parent": [_("The area lies there already. Choose another.")]})
    standing(parent, on, field="parent")
    before = area.parent
    close(area.parents.all(), on, area=area, parent=before)
    AreaParent.objects.create(area=area, parent=parent, period=(on, None), source=source)
    area.parent = parent
    area.save(update_fields=["parent"])
    return before


def found(*, parent: Area, code: str, name: str, kind: str, level: int, on: date) -> Area:
    """Found an area in another one.

    Raises:
        InvalidInput: no name, a code that is taken, a kind that is none, or the parent is younger.
    """
    name, code = clean(name), clean(code)
    if not name:
        raise InvalidInput({"name": [_("Write the name of the new area.")]})
    if kind not in AreaKind.values:
        raise InvalidInput({"kind": [_("Choose the kind of the new area.")]})
    free_code(code, on=on, area=None)
    standing(parent, on, field="effective_on")
    area = Area.objects.create(
        code=code, name=name, kind=kind, level=level, parent=parent, valid_from=on
    )
    AreaName.objects.create(area=area, name=name, period=(on, None))
    AreaParent.objects.create(area=area, parent=parent, period=(on, None))
    return area


def end(*, area: Area, heir: Area | None, on: date) -> None:
    """End an area; its rows belong to the heir from then on.

    Raises:
        InvalidInput: a part lies in it still, or a day too early.
    """
    standing(area, on - timedelta(days=1), field="effective_on")
    late = AreaParent.objects.filter(parent=area).filter(
        Q(period__upper_inf=True) | Q(period__endswith__gt=on)
    )
    if late.exists() or area.children.filter(valid_to=None).exists():
        raise InvalidInput(
            {"effective_on": [_("Areas lie in it on that day still. Move them first.")]}
        )
    if area.parent is not None:
        close(area.parents.all(), on, area=area, parent=area.parent)
    area.valid_to, area.successor = on, heir
    area.save(update_fields=["valid_to", "successor"])


def restore(*, area: Area, on: date, source: str) -> None:
    """Bring back an area that was ended; the days between are kept as a gap.

    Raises:
        InvalidInput: it was not ended, ended later, or what it lay in is no more.
    """
    if area.valid_to is None or area.parent is None:
        raise InvalidInput({"effective_on": [_("The area exists. There is nothing to restore.")]})
    if on <= area.valid_to:
        earliest = area.valid_to + timedelta(days=1)
        raise InvalidInput(
            {
                "effective_on": [
                    _("Give a day from %(day)s on: it ended before.") % {"day": earliest}
                ]
            }
        )
    standing(area.parent, on, field="effective_on")
    AreaGap.objects.create(area=area, period=(area.valid_to, on))
    AreaParent.objects.create(area=area, parent=area.parent, period=(on, None), source=source)
    area.valid_to = area.successor = None
    area.save(update_fields=["valid_to", "successor"])


def close(rows: Any, on: date, *, area: Area, **value: Any) -> Any:
    """End the open spell the day before ``on``; write it first where none was written.

    Raises:
        InvalidInput: what stands began on that day or later.
    """
    open_row = rows.filter(period__upper_inf=True).select_for_update().first()
    begin = open_row.period.lower if open_row else since(area)
    if on <= begin:
        earliest = begin + timedelta(days=1)
        raise InvalidInput(
            {
                "effective_on": [
                    _("Give a day from %(day)s on: what stands began then.") % {"day": earliest}
                ]
            }
        )
    if open_row is None:
        # What was never written held from the beginning, also before a gap of the area.
        begin = begin if rows.exists() else area.valid_from
        rows.model.objects.create(area=area, period=(begin, on), **value)
    else:
        open_row.period = (begin, on)
        open_row.save(update_fields=["period"])
    return next(iter(value.values()))


def since(area: Area) -> date:
    """The day from which an area has existed without a gap."""
    last = area.gaps.aggregate(day=Max(Upper("period")))["day"]
    return last or area.valid_from


def standing(area: Area, on: date, *, field: str) -> None:
    """Insist that an area exists from a day on.

    Raises:
        InvalidInput: it is no more, or was founded later.
    """
    if area.valid_to is not None:
        raise InvalidInput({field: [_("%(name)s is no more.") % {"name": area.name}]})
    if since(area) > on:
        raise InvalidInput(
            {
                field: [
                    _("%(name)s exists from %(day)s on only.")
                    % {"name": area.name, "day": since(area)}
                ]
            }
        )


def free_code(code: str, *, on: date, area: Area | None) -> None:
    """Insist that nobody else bears a code from a day on.

    Raises:
        InvalidInput: it is none, or taken.
    """
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
        raise InvalidInput({"code": [_("Write a code of 2 to 12 digits.")]})
    others = Area.objects.filter(code=code)
    if others.exists():
        taken = others.first()
        mine = area is not None and taken is not None and taken.pk == area.pk
        words = _("The area bears this code already.") if mine else _("%(name)s bears this code.")
        raise InvalidInput({"code": [words % {"name": taken.name if taken else ""}]})
    late = AreaCode.objects.filter(code=code).filter(
        Q(period__upper_inf=True) | Q(period__endswith__gt=on)
    )
    if late.exists():
        raise InvalidInput({"code": [_("Another area bore this code on that day.")]})


def children_named(area: Area, ids: Sequence[int]) -> list[Area]:
    """The areas right below one that a plan names.

    Raises:
        InvalidInput: none, all of them, or one that does not lie there.
    """
    inside = {one.pk: one for one in area.children.filter(valid_to=None)}
    wrong = [key for key in ids if key not in inside]
    if wrong:
        raise InvalidInput({"children": [_("Choose areas that lie in it.")]})
    if ids and len(set(ids)) == len(inside):
        raise InvalidInput({"children": [_("Leave at least one area where it is.")]})
    return [inside[key] for key in dict.fromkeys(ids)]
