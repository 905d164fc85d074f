"""Places as people write them in a sheet: a code, or names from large to small."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime

from anju.core.actors import Actor
from anju.core.text import fold
from anju.core.time import legal_day
from anju.reference.models import Area

from ...policies import may_place
from ...sheets import Problem

_PARTING = re.compile(r"[\s/\\>·,，、_-]+")


class PlaceWords:
    """Finds the area a cell names. A name counts from any level: district, sub-district or own."""

    def __init__(self, actor: Actor, permission: str, at: datetime) -> None:
        self.actor, self.permission = actor, permission
        self.codes: dict[str, Area] = {}
        self.names: dict[str, set[int]] = defaultdict(set)
        rows = {area.pk: area for area in Area.objects.valid_on(legal_day(at))}
        self.rows = rows
        for area in rows.values():
            self.codes[area.code] = area
            words = ""
            above: Area | None = area
            while above is not None:
                words = _folded(above.name) + words
                self.names[words].add(area.pk)
                above = rows.get(above.parent_id)  # type: ignore[arg-type]
        self._found: dict[str, tuple[Area | None, str]] = {}

    def full(self, area_id: int) -> str:
        """The names of an area from the district down, for a sentence."""
        names: list[str] = []
        area = self.rows.get(area_id)
        while area is not None and area.level:
            names.insert(0, area.name)
            area = self.rows.get(area.parent_id)  # type: ignore[arg-type]
        return "".join(names) or "—"

    def find(self, column: str, text: str, problems: list[Problem]) -> Area | None:
        """The area within the actor's reach, or None with a problem noted."""
        if text not in self._found:
            self._found[text] = self._look(text)
        area, problem = self._found[text]
        if problem:
            problems.append((column, problem, text[:80]))
            return None
        return area

    def _look(self, text: str) -> tuple[Area | None, str]:
        area = self.codes.get(text)
        if area is None:
            keys = self.names.get(_folded(text), set())
            mine = [self.rows[key] for key in keys if self._may(self.rows[key])]
            if len(mine) > 1 or (not mine and len(keys) > 1):
                return None, "places"
            area = mine[0] if mine else self.rows[next(iter(keys))] if keys else None
        if area is None:
            return None, "place"
        return (area, "") if self._may(area) else (None, "outside")

    def _may(self, area: Area) -> bool:
        return bool(may_place(self.actor, self.permission, area))


def _folded(text: str) -> str:
    return _PARTING.sub("", fold(text))
