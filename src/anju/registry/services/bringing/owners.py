"""A sheet of owners with shares, compared with the register and written.

First owners are recorded; where others are on file the change is proposed, never written over.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from math import gcd
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.text import fold
from anju.core.time import legal_day

from ... import rules, vault
from ...models import ChangeRequest, Company, ImportBatch, Ownership, Person, PersonKey, Unit
from ...policies import may
from ...sheets import Problem, raw_rows
from ...sheets.owners import COMPANY, HomeKey, OwnerRow, OwnerRows, read_owners
from ...states import (
    IMPORT_RIGHTS,
    ChangeState,
    ImportKind,
    OwnershipSource,
    PersonState,
    RowOutcome,
    UnitState,
)
from ..base import told
from ..changes import change_propose
from ..owners import RECORDED
from ..people import REGISTERED, person_columns
from .homes import places_of
from .work import Bring, Work, came_from

CHANGE = perm("registry:owner_change")
PERSON_CHANGE = perm("registry:person_change")
TRANSFER = "ownership_transfer"
_BATCH = 1_000

Share = tuple[int, int]
Holders = dict[str, Share]  # "person:12", "company:3" or "new:<hash>" → share in lowest terms


@dataclass(slots=True)
class _Home:
    """What the file says of one home."""

    unit: Unit
    holders: Holders
    on_day: date
    first: bool  # no owner was ever on file


class OwnersWork(Work):
    """Owners home by home: the rows of one are taken together or not at all."""

    def __init__(self, actor: Actor, found: OwnerRows, at: datetime) -> None:
        super().__init__(rows=len(found.good) + len(found.bad), bad=found.bad)
        self.today = legal_day(at)
        self.homes: list[_Home] = []
        self.new: dict[str, OwnerRow] = {}  # holder → a row that names the person
        groups: dict[HomeKey, list[OwnerRow]] = defaultdict(list)
        for row in found.good:
            groups[row.home].append(row)
        units = self._units(actor, groups)
        self._load_holders(found.good)
        self._load_register([unit.pk for unit in units.values()])
        for key, rows in groups.items():
            problems: dict[int, list[Problem]] = defaultdict(list)
            if key in found.spoiled:
                for row in rows:
                    problems[row.row].append(("number", "other_row", str(found.spoiled[key])))
            outcome = self._compare(units.get(key), rows, problems)
            self._settle(rows, problems, outcome, units.get(key))

    def _settle(
        self,
        rows: list[OwnerRow],
        problems: dict[int, list[Problem]],
        outcome: RowOutcome,
        unit: Unit | None,
    ) -> None:
        worst = min(problems, default=0)
        for row in rows:
            if worst:
                other: list[Problem] = [("number", "other_row", str(worst))]
                self.bad[row.row] = problems.get(row.row) or other
            else:
                self.note(row.row, outcome)
                if unit is not None:
                    self.units[row.row] = unit.pk

    # --- what the register holds --------------------------------------------------------------

    def _units(self, actor: Actor, groups: dict[HomeKey, list[OwnerRow]]) -> dict[HomeKey, Unit]:
        """Units by what the file calls them; problems of the rows of those not found."""
        places = places_of(actor)
        spots: dict[HomeKey, tuple[int, int, str, str]] = {}
        for key, rows in groups.items():
            code, building, stairwell, number, kind = key
            place = places.get(code, {}).get(building)
            problem: Problem | None = None
            if code not in places:
                problem = ("community_code", "community", code[:40])
            elif place is None:
                problem = ("building", "building", building[:40])
            elif stairwell and stairwell not in place.stairwells:
                problem = ("stairwell", "stairwell", stairwell[:40])
            else:
                spots[key] = (place.id, place.stairwells.get(stairwell, 0), number, kind)
            if problem:
                self.bad.update({row.row: [problem] for row in rows})
        buildings = {spot[0] for spot in spots.values()}
        rows_ = Unit.objects.visible_to(actor).filter(
            building__in=buildings, state=UnitState.ACTIVE
        )
        by_spot = {(u.building_id, u.stairwell_id or 0, u.number, u.kind): u for u in rows_}
        for key, spot in spots.items():
            if spot not in by_spot:
                problem = ("number", "unit", key[3][:40])
                self.bad.update({row.row: [problem] for row in groups[key]})
        return {key: by_spot[spot] for key, spot in spots.items() if spot in by_spot}

    def _load_holders(self, rows: list[OwnerRow]) -> None:
        self.hashes = {
            row.row: vault.search_hash("id", f"{row.id_kind}:{row.id_number}")
            for row in rows
            if row.id_kind != COMPANY
        }
        wanted = set(self.hashes.values())
        people = Person.objects.filter(id_hash__in=wanted)
        self.people = {bytes(person.id_hash or b""): person for person in people}
        codes = {row.id_number for row in rows if row.id_kind == COMPANY}
        self.companies = {c.code: c for c in Company.objects.filter(code__in=codes)}

    def _load_register(self, units: list[int]) -> None:
        self.standing: dict[int, Holders] = defaultdict(dict)
        self.latest: dict[int, date] = {}
        for spell in Ownership.objects.filter(unit__in=units):
            lower, upper = spell.period.lower, spell.period.upper
            self.latest[spell.unit_id] = max(lower, self.latest.get(spell.unit_id, lower))
            if lower <= self.today and (upper is None or upper > self.today):
                held = self.standing[spell.unit_id]
                held[_key(spell)] = _lowest(spell.share_num, spell.share_den)
        open_ = ChangeRequest.objects.filter(
            target_type=Unit._meta.label_lower,
            target_id__in=units,
            action=TRANSFER,
            state=ChangeState.PROPOSED,
        )
        self.waiting = {change.target_id: change.after for change in open_}

    # --- comparing ----------------------------------------------------------------------------

    def _compare(
        self, unit: Unit | None, rows: list[OwnerRow], problems: dict[int, list[Problem]]
    ) -> RowOutcome:
        if unit is None:
            for row in rows:
                problems[row.row] += self.bad[row.row]
            return RowOutcome.REFUSED
        holders = self._holders(rows, problems)
        day = rows[0].from_day
        for row in rows:
            if row.from_day > self.today:
                problems[row.row].append(("from_day", "future", ""))
            elif row.from_day != day:
                problems[row.row].append(("from_day", "days", str(rows[0].row)))
        if any(problems.values()):
            return RowOutcome.REFUSED
        standing = self.standing.get(unit.pk, {})
        total = rules.shares_sum(holders.values())
        rest = {key: share for key, share in standing.items() if key not in holders}
        if total != (1, 1) and rest:
            with_rest = rules.shares_sum([*holders.values(), *rest.values()])
            if with_rest == (1, 1):
                holders, total = {**holders, **rest}, with_rest
        if total != (1, 1):
            words = f"{total[0]}/{total[1]}" if total[1] > 1 else str(total[0])
            for row in rows:
                problems[row.row].append(("share_num", "shares", words))
            return RowOutcome.REFUSED
        if holders == standing:
            return RowOutcome.UNCHANGED
        return self._differs(unit, holders, rows, problems)

    def _differs(
        self,
        unit: Unit,
        holders: Holders,
        rows: list[OwnerRow],
        problems: dict[int, list[Problem]],
    ) -> RowOutcome:
        day = rows[0].from_day
        latest = self.latest.get(unit.pk)
        if latest is not None:
            if unit.pk in self.waiting:
                if self.waiting[unit.pk] == _proposal(holders, day):
                    return RowOutcome.UNCHANGED
                problems[rows[0].row].append(("number", "waiting", ""))
                return RowOutcome.REFUSED
            if day < latest:
                problems[rows[0].row].append(("from_day", "later", latest.isoformat()))
                return RowOutcome.REFUSED
        self.homes.append(_Home(unit, holders, day, first=latest is None))
        return RowOutcome.CREATED if latest is None else RowOutcome.CHANGED

    def _holders(self, rows: list[OwnerRow], problems: dict[int, list[Problem]]) -> Holders:
        holders: Holders = {}
        seen: dict[str, int] = {}
        for row in rows:
            key = self._holder(row, problems[row.row])
            if not key:
                continue
            if key in seen:
                problems[row.row].append(("name", "twice", str(seen[key])))
                continue
            seen[key] = row.row
            holders[key] = _lowest(row.num, row.den)
        for row_number in [number for number, many in problems.items() if not many]:
            del problems[row_number]
        return holders

    def _holder(self, row: OwnerRow, problems: list[Problem]) -> str:
        if row.id_kind == COMPANY:
            company = self.companies.get(row.id_number)
            if company is None:
                problems.append(("id_number", "no_company", ""))
                return ""
            if fold(company.name) != fold(row.name):
                problems.append(("name", "other_name", ""))
            return f"company:{company.pk}"
        hashed = self.hashes[row.row]
        person = self.people.get(hashed)
        if person is not None:
            if person.state == PersonState.ERASED:
                problems.append(("id_number", "erased", ""))
            elif fold(person.name) != fold(row.name):
                problems.append(("id_number", "other_name", ""))
            return f"person:{person.pk}"
        key = f"new:{hashed.hex()}"
        first = self.new.setdefault(key, row)
        if fold(first.name) != fold(row.name):
            problems.append(("name", "name_clash", str(first.row)))
        return key

    # --- writing ------------------------------------------------------------------------------

    def write(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        """Put new people on file, record first owners, propose the other changes."""
        may(actor, CHANGE).require()
        may(actor, PERSON_CHANGE).require()
        used = {key for home in self.homes for key in home.holders}
        with told():
            people = self._enter_people(used, actor=actor, batch=batch, at=at)
            for home in self.homes:
                home.holders = {people.get(k, k): share for k, share in home.holders.items()}
            self._record_first(actor=actor, batch=batch, at=at)
        for home in self.homes:
            if not home.first:
                change_propose(
                    actor=actor,
                    action=TRANSFER,
                    target=home.unit,
                    after=_proposal(home.holders, home.on_day),
                    reason=_("From the file “%(file)s” of %(source)s")[:160]
                    % {"file": batch.file_name[:60], "source": batch.source[:60]},
                    at=at,
                )
        self.keep_lines(batch)

    def _enter_people(
        self, used: set[str], *, actor: Actor, batch: ImportBatch, at: datetime
    ) -> dict[str, str]:
        keys, people, wrapped = [], [], []
        for key in sorted(used & self.new.keys()):
            row = self.new[key]
            columns, data_key = person_columns(
                row.name, row.id_number, row.phone, id_kind=row.id_kind
            )
            keys.append(key)
            people.append(Person(**columns, registered_in_id=actor.area_id))
            wrapped.append(data_key)
        Person.objects.bulk_create(people, batch_size=_BATCH)
        PersonKey.objects.bulk_create(
            (
                PersonKey(person=person, key_id=key.key_id, wrapped=key.wrapped)
                for person, key in zip(people, wrapped, strict=True)
            ),
            batch_size=_BATCH,
        )
        for person in people:
            journal.record(actor=actor, action=REGISTERED, at=at, target=person)
            came_from(person, {"name": person.name}, batch)
        return {key: f"person:{person.pk}" for key, person in zip(keys, people, strict=True)}

    def _record_first(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        first = [home for home in self.homes if home.first]
        list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=[h.unit.pk for h in first]))
        Ownership.objects.bulk_create(
            (
                Ownership(
                    unit=home.unit,
                    share_num=num,
                    share_den=den,
                    period=DateRange(home.on_day, None),
                    source=OwnershipSource.IMPORT,
                    **_party(key),
                )
                for home in first
                for key, (num, den) in home.holders.items()
            ),
            batch_size=_BATCH,
        )
        for home in first:
            written = [f"{key} {num}/{den}" for key, (num, den) in home.holders.items()]
            journal.record(
                actor=actor, action=RECORDED, at=at, target=home.unit,
                changes={"owners": [[], written], "on_day": [None, str(home.on_day)]},
            )  # fmt: skip
            came_from(home.unit, {"holders": written}, batch)


def _key(spell: Ownership) -> str:
    return f"person:{spell.person_id}" if spell.person_id else f"company:{spell.company_id}"


def _party(key: str) -> dict[str, Any]:
    kind, _colon, pk = key.partition(":")
    return {f"{kind}_id": int(pk)}


def _lowest(num: int, den: int) -> Share:
    divisor = gcd(num, den)
    return num // divisor, den // divisor


def _proposal(holders: Holders, day: date) -> dict[str, Any]:
    """As ``change_propose`` keeps a change of owner; a person not on file yet is nobody's."""
    rows = []
    for key in sorted(holders):
        kind, _colon, pk = key.partition(":")
        num, den = holders[key]
        rows.append({kind: int(pk) if kind != "new" else pk, "num": num, "den": den})
    return {
        "holders": rows,
        "on_day": day.isoformat(),
        "source": OwnershipSource.IMPORT.value,
        "is_unsold": False,
    }


def check(*, actor: Actor, file_name: str, content: bytes, at: datetime) -> OwnersWork:
    """Read the sheet and compare it with the register."""
    return OwnersWork(actor, read_owners(raw_rows(file_name, content)), at)


BRING = Bring(IMPORT_RIGHTS[ImportKind.OWNERS], check, personal=True)
