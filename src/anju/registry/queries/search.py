# ruff: noqa: S608 - the pieces of SQL are constants of this module
"""Search everywhere: by part, pinyin and initials, within what the actor may see.

Small sets (communities, areas, companies, managers) have entries with grams in a GIN array.
Homes and buildings are found by their community and their numbers. People are found by the
beginnings of their names' ends (see migration ``0003_search``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Model, Q, QuerySet, Value, When, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length, RowNumber

from anju.access.permissions import perm
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.text import fold

from .. import rules
from ..models import (
    Building,
    Community,
    Company,
    ManagementArea,
    Manager,
    Person,
    SearchEntry,
    Unit,
)
from ..states import BuildingState, EntryKind, UnitState

LONGEST_QUERY = 60
_ENTRY_KINDS = (EntryKind.COMMUNITY, EntryKind.AREA, EntryKind.COMPANY, EntryKind.MANAGER)
_NEEDS = {
    EntryKind.COMMUNITY: perm("registry:community_view"),
    EntryKind.AREA: perm("registry:area_view"),
    EntryKind.COMPANY: perm("registry:company_view"),
    EntryKind.MANAGER: perm("registry:manager_view"),
    EntryKind.BUILDING: perm("registry:community_view"),
    EntryKind.UNIT: perm("registry:unit_view"),
    EntryKind.PERSON: perm("registry:person_view"),
}
PUBLIC_KINDS = (EntryKind.COMMUNITY, EntryKind.COMPANY, EntryKind.MANAGER)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its kind and id, the name and the line below it."""

    kind: str
    id: int
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of one kind, and whether there are more than were asked for."""

    kind: str
    hits: list[Hit]
    more: bool


def search(
    actor: Actor, text: str, kinds: Collection[str] | None = None, limit: int = 8
) -> list[Found]:
    """What the actor may see that matches, grouped by kind; kinds without a hit are left out.

    Args:
        text: as typed: part of a name, pinyin, initials, or an address such as ``阳光花园3-2-501``.
        kinds: which kinds; all that the actor may see by default.
        limit: hits of each kind.
    """
    text = text[:LONGEST_QUERY].replace("\x00", "").strip()
    wanted = [kind for kind in EntryKind.values if kinds is None or kind in kinds]
    allowed = [k for k in wanted if actor.kind is ActorKind.SYSTEM or actor.can(_NEEDS[k])]  # type: ignore[index]
    if not fold(text) or limit < 1:
        return []
    entries = SearchEntry.objects.visible_to(actor)
    found = _entries(entries, [kind for kind in allowed if kind in _ENTRY_KINDS], text, limit)
    if EntryKind.BUILDING in allowed:
        found.append(_buildings(actor, text, limit))
    if EntryKind.UNIT in allowed:
        found.append(_units(actor, text, limit))
    if EntryKind.PERSON in allowed:
        found.append(_people(actor, text, limit))
    return [group for group in found if group.hits]


def search_public(text: str, kinds: Collection[str] = PUBLIC_KINDS, limit: int = 8) -> list[Found]:
    """What anybody may find: communities, companies and managers."""
    text = text[:LONGEST_QUERY].replace("\x00", "").strip()
    if not fold(text):
        return []
    entries = SearchEntry.objects.published()
    return _entries(entries, [kind for kind in PUBLIC_KINDS if kind in kinds], text, limit)


def _cut(kind: str, rows: list[Hit], limit: int) -> Found:
    return Found(kind, rows[:limit], len(rows) > limit)


def matching_entries(entries: QuerySet[SearchEntry], text: str) -> QuerySet[SearchEntry]:
    """Entries whose names, pinyin or initials contain the text."""
    grams = Q()
    for keys in rules.query_keys(text):
        grams |= Q(keys__contains=keys)
    folded = fold(text)
    rows = entries.filter(grams)
    return rows.filter(text__contains=folded) if len(folded) > 2 else rows


_KEYED: dict[EntryKind, type[Model]] = {
    EntryKind.COMMUNITY: Community,
    EntryKind.AREA: ManagementArea,
    EntryKind.COMPANY: Company,
    EntryKind.MANAGER: Manager,
}
# A sort key is the pinyin, a bar and the name; the syllables without blanks, and their letters.
_SYLLABLES = "replace(split_part(sort_key, ' | ', 1), ' ', '')"
_LETTERS = "regexp_replace(split_part(sort_key, ' | ', 1), '(^| )(.)[^ ]*', '\\2', 'g')"


def keyed(kind: EntryKind, text: str) -> QuerySet[Any]:
    """Ids of the things of a kind that a text names: by part, pinyin and initials.

    What is in use is found by every name it bore, as in the search box; what is closed has no
    entry there and is found by its last name or code. Both sets are small (a few thousand rows).
    """
    entries = matching_entries(SearchEntry.objects.filter(kind=kind), text).values("object_id")
    closed = _KEYED[kind]._default_manager.exclude(state="active")
    typed = "".join(text.split())
    named = Q(name__icontains=typed) | Q(name__icontains=text.strip())
    if kind is not EntryKind.MANAGER:
        named |= Q(code__iexact=typed)
    if fold(text).isascii():
        table = closed.model._meta.db_table
        for words in (_SYLLABLES, _LETTERS):
            spelled = f"SELECT id FROM {table} WHERE state <> 'active' AND {words} LIKE %s"
            named |= Q(pk__in=RawSQL(spelled, [f"%{_escaped(fold(text))}%"]))  # noqa: S611
    return entries.union(closed.filter(named).values("pk"), all=True)


def _entries(
    entries: QuerySet[SearchEntry], kinds: Collection[str], text: str, limit: int
) -> list[Found]:
    """Hits of each kind, those that begin with the text first, in one query."""
    if not kinds:
        return []
    first = Case(
        When(text__startswith=fold(text), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    place = Window(
        RowNumber(), partition_by="kind", order_by=[first, Length("label"), F("label"), F("pk")]
    )
    rows = (
        matching_entries(entries.filter(kind__in=kinds), text)
        .annotate(place=place)
        .filter(place__lte=limit + 1)
        .order_by("place")
        .values_list("kind", "object_id", "label", "note")
    )
    by_kind: dict[str, list[Hit]] = {kind: [] for kind in kinds}
    for kind, key, label, note in rows:
        by_kind[kind].append(Hit(kind, key, label, note))
    return [_cut(kind, hits, limit) for kind, hits in by_kind.items() if hits]


# --- homes and buildings --------------------------------------------------------------------


def _communities(actor: Actor, place: str) -> list[int]:
    entries = SearchEntry.objects.visible_to(actor).filter(kind=EntryKind.COMMUNITY)
    rows = matching_entries(entries, place).order_by(Length("label"), "pk")
    return list(rows.values_list("object_id", flat=True)[:40])


def _written(number: str, *tails: str) -> list[str]:
    """Ways in which a number may stand on file."""
    forms = {number, number.upper()}
    return [form + tail for form in sorted(forms) for tail in ("", *tails)]


def _found_buildings(actor: Actor, address: rules.Address) -> QuerySet[Building]:
    return Building.objects.visible_to(actor).filter(
        state=BuildingState.ACTIVE,
        community_id__in=_communities(actor, address.place),
        number__in=_written(address.numbers[0], "幢", "号楼", "栋", "号"),
    )


def _buildings(actor: Actor, text: str, limit: int) -> Found:
    address = rules.address_parts(text)
    if not address.place or len(address.numbers) != 1:
        return Found(EntryKind.BUILDING, [], False)
    rows = _found_buildings(actor, address).select_related("community").order_by("sort_key")
    hits = [
        Hit(EntryKind.BUILDING, row.pk, str(row), row.community.address)
        for row in rows[: limit + 1]
    ]
    return _cut(EntryKind.BUILDING, hits, limit)


def _units(actor: Actor, text: str, limit: int) -> Found:
    address = rules.address_parts(text)
    if not address.place or not address.numbers:
        return Found(EntryKind.UNIT, [], False)
    buildings = list(_found_buildings(actor, address).values_list("pk", flat=True)[:40])
    numbers = address.numbers[1:]
    rows = Unit.objects.visible_to(actor).filter(building_id__in=buildings, state=UnitState.ACTIVE)
    if len(numbers) == 1:
        stairs = Q(stairwell__number__in=_written(numbers[0], "单元"))
        rows = rows.filter(stairs | Q(number__istartswith=numbers[0]))
    elif numbers:
        rows = rows.filter(
            stairwell__number__in=_written(numbers[0], "单元"),
            number__istartswith=numbers[1],
        )
    if not buildings:
        return Found(EntryKind.UNIT, [], False)
    rows = rows.select_related("building__community", "stairwell").order_by("sort_key")
    hits = [
        Hit(EntryKind.UNIT, unit.pk, unit_address(unit), unit.building.community.address)
        for unit in rows[: limit + 1]
    ]
    return _cut(EntryKind.UNIT, hits, limit)


def unit_address(unit: Unit) -> str:
    """``阳光花园 3-2-501``: community, building, stairwell where there is one, number."""
    parts = [unit.building.number, unit.stairwell.number if unit.stairwell else "", unit.number]
    return f"{unit.building.community.name} {'-'.join(part for part in parts if part)}"


# --- people ---------------------------------------------------------------------------------

# People taken by name before the place is looked at.
_CANDIDATES = 1_500
# Homes of the place looked at first: enough to fill a page when the term is common.
_FIRST_HOMES = 800
_PLACE = {
    Reach.DISTRICT: "district_id",
    Reach.SUBDISTRICT: "subdistrict_id",
    Reach.COMMITTEE: "committee_id",
}
# Each branch names its index: what must begin with the pattern, and what else must hold. The
# order by the operator of the index keeps the planner on it, so that a LIMIT stops early.
_HAN = (
    ("name", "head"),
    ("substr(name, 2)", "head"),
    ("substr(name, 3)", "head"),
)
_LATIN = (
    ("replace(pinyin, ' ', '')", "folded"),
    ("initials", "folded"),
    ("replace(substr(pinyin, strpos(pinyin, ' ') + 1), ' ', '')", "folded"),
    ("substr(initials, 2)", "folded"),
    ("name", "head"),
)
# A surname of two characters: the given name begins with the third syllable. The index holds
# long names only.
_GIVEN = (
    "replace(substr(pinyin, strpos(pinyin, ' ') + 1"
    " + strpos(substr(pinyin, strpos(pinyin, ' ') + 1), ' ')), ' ', '')"
)
_LATIN_LONG = (_GIVEN, "substr(initials, 3)")
_LONG = (
    "(SELECT id FROM registry_person WHERE length(name) > 3 AND name LIKE %(inside)s"
    " AND state = 'active' ORDER BY name USING ~<~ LIMIT %(most)s)"
)


def _branches(text: str) -> list[str]:
    return [
        f"(SELECT id FROM registry_person WHERE {end} LIKE %({pattern})s{narrowed}"
        f" AND state = 'active' ORDER BY {end} USING ~<~, hashint8(id) LIMIT %(most)s)"
        for end, pattern, narrowed in _ends(text)
    ] + [_LONG]


def _ends(text: str) -> list[tuple[str, str, str]]:
    """What must begin with which pattern, and the condition of its index."""
    if not fold(text).isascii():
        return [(end, pattern, "") for end, pattern in _HAN]
    plain = [(end, pattern, "") for end, pattern in _LATIN]
    return plain + [(end, "folded", " AND length(name) > 3") for end in _LATIN_LONG]


def people_named(text: str) -> RawSQL:
    """Ids of all people whose name, pinyin or initials have an end that begins with the text."""
    patterns = _patterns(text)
    pieces = [(f"{end} LIKE %s{narrowed}", patterns[by]) for end, by, narrowed in _ends(text)]
    pieces.append(("length(name) > 3 AND name LIKE %s", patterns["inside"]))
    sql = " UNION ALL ".join(f"SELECT id FROM registry_person WHERE {one}" for one, _by in pieces)
    return RawSQL(sql, [by for _one, by in pieces])  # noqa: S611


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _patterns(text: str) -> dict[str, Any]:
    typed = _escaped("".join(text.split()))
    return {
        "folded": _escaped(fold(text)) + "%",
        "head": typed + "%",
        "inside": "%" + typed + "%",
    }


def _people(actor: Actor, text: str, limit: int) -> Found:
    if any(sign.isdigit() for sign in text):
        return Found(EntryKind.PERSON, [], False)  # an address or a code; no name has a digit
    slow = actor.elevation is not None or actor.area_unsettled
    if slow or actor.reach not in (Reach.CITY, *_PLACE):
        rows = Person.objects.visible_to(actor).filter(
            Q(name__contains=text) | Q(initials__startswith=fold(text))
        )
        return _person_hits(list(rows.values_list("pk", flat=True)[: limit + 1]), limit)
    branches, params = _branches(text), _patterns(text)
    if actor.reach is Reach.CITY:
        params["most"] = limit + 1
        return _person_hits(_ids(" UNION ALL ".join(branches), params), limit)
    # In letters a person is often found by pinyin and by initials too.
    enough = limit * 3 + 3 if fold(text).isascii() else limit + 5
    params |= {"area": actor.area_id, "most": _CANDIDATES, "enough": enough}
    column = _PLACE[actor.reach]
    if actor.reach is Reach.COMMITTEE:
        return _person_hits(_in_place(column, text, params), limit)
    if actor.reach is Reach.SUBDISTRICT:
        found = _in_place(column, text, params, homes=_FIRST_HOMES)
        if len(found) > limit:
            return _person_hits(found, limit)
    # A subquery with a LIMIT is not turned into a join: each candidate is probed by index, and
    # the next is only read while the page is not full.
    found = _ids(
        f"SELECT id FROM ({' UNION ALL '.join(branches)}) c WHERE (SELECT true"
        " FROM registry_ownership o JOIN registry_unit u ON u.id = o.unit_id"
        f" WHERE o.person_id = c.id AND u.{column} = %(area)s LIMIT 1) LIMIT %(enough)s",
        params,
    )
    if len(found) <= limit and _cut_short(branches, params):
        found = _in_place(column, text, params)
    return _person_hits(found, limit)


def _cut_short(branches: list[str], params: dict[str, Any]) -> bool:
    """Whether a branch gave as many candidates as it may, so that there can be more."""
    counts = " UNION ALL ".join(f"SELECT count(*) FROM {branch} b" for branch in branches)
    return _CANDIDATES in _ids(counts, params, once=False)


def _in_place(
    column: str, text: str, params: dict[str, Any], homes: int | None = None
) -> list[int]:
    """Through the homes of the place (all, or the first so many) until the page is full."""
    clause = (
        "(p.initials LIKE %(folded)s OR substr(p.initials, 2) LIKE %(folded)s"
        " OR replace(p.pinyin, ' ', '') LIKE %(folded)s OR p.name LIKE %(inside)s"
        " OR replace(substr(p.pinyin, strpos(p.pinyin, ' ') + 1), ' ', '') LIKE %(folded)s"
        " OR length(p.name) > 3 AND (substr(p.initials, 3) LIKE %(folded)s"
        f" OR {_GIVEN.replace('pinyin', 'p.pinyin')} LIKE %(folded)s))"
        if fold(text).isascii()
        else "p.name LIKE %(inside)s"
    )
    return _ids(
        f"SELECT p.id FROM (SELECT id FROM registry_unit WHERE {column} = %(area)s"
        " LIMIT %(homes)s) u JOIN LATERAL (SELECT person_id FROM registry_ownership o"
        " WHERE o.unit_id = u.id OFFSET 0) o ON true"
        " JOIN LATERAL (SELECT p.id FROM registry_person p WHERE p.id = o.person_id"
        f" AND p.state = 'active' AND {clause} OFFSET 0) p ON true LIMIT %(enough)s",
        {**params, "homes": homes},
    )


def _ids(sql: str, params: dict[str, Any], *, once: bool = True) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = [row[0] for row in cursor.fetchall()]
    return list(dict.fromkeys(found)) if once else found


def _person_hits(keys: list[int], limit: int) -> Found:
    keys = keys[: limit + 1]
    people = {
        key: Hit(EntryKind.PERSON, key, name, mask)
        for key, name, mask in Person.objects.filter(pk__in=keys).values_list(
            "pk", "name", "id_mask"
        )
    }
    return _cut(EntryKind.PERSON, [people[key] for key in keys if key in people], limit)
