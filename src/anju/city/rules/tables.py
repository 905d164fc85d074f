"""Columns of the generated lines by table (people with numbers in clear), and the stream."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from anju.core.text import fold, initials, pinyin, sort_key

from . import firms, homes, maps
from .plan import Plan, make
from .sizes import Size

SOURCE = "云澜（虚构）"
SINCE = "1990-01-01"
_ALWAYS = f"[{SINCE},)"

COLUMNS = {
    "division": "id code level name sort_key search_key parent_id valid source",
    "area": "id code kind level name sort_key search_key division_id parent_id valid_from",
    "areaname": "area_id name period source",
    "areaparent": "area_id parent_id period source",
    "boundary": (
        "area_id division_id shape simple_shape west south east north source as_of valid repairs"
    ),
    "company": (
        "id kind code name sort_key parent_id registered_area_id is_out_of_town registered_address"
        " legal_representative registered_capital_fen founded_on phone state"
    ),
    "companyname": "company_id name period",
    "community": (
        "id area_id code name sort_key kind is_old address built_year longitude latitude outline"
        " developer_id state"
    ),
    "communityname": "community_id name period",
    "communityalias": "community_id name",
    "managementarea": "id area_id code name sort_key delimited_on state",
    "managementareaname": "management_area_id name period",
    "person": "id name sort_key pinyin initials id_number phone",
    "companystaff": "company_id person_id name title period",
    "manager": "id person_id name sort_key certificate_number published_phone state",
    "manageremployment": "manager_id company_id period",
    "project": "id area_id code management_area_id company_id end_reason period",
    "projectfee": "project_id unit_kind fee_fen period",
    "managerassignment": "project_id manager_id period",
    "building": (
        "id area_id district_id subdistrict_id committee_id community_id number sort_key floors"
        " floors_below has_lift structure use built_year"
    ),
    "stairwell": "id building_id number has_lift",
    "areabuilding": "management_area_id building_id period",
    "unit": (
        "id area_id district_id subdistrict_id committee_id community_id building_id stairwell_id"
        " kind number floor registered_dm2"
        " surveyed_dm2 contract_dm2 sort_key"
    ),
    "ownership": "id unit_id person_id company_id share_num share_den is_unsold source period",
}
PLACE_TABLES = ("division", "area", "areaname", "areaparent", "boundary")
HOME_TABLES = ("person", "building", "stairwell", "areabuilding", "unit", "ownership")


def place_lines(plan: Plan) -> dict[str, list[str]]:
    """Divisions, areas, their names and parents, and their boundaries; parents first."""
    out: dict[str, list[str]] = {name: [] for name in PLACE_TABLES}
    light = maps.thinned(plan)
    numbers = {a.id: n for n, a in enumerate((a for a in plan.areas if a.division_code), start=1)}
    for a in plan.areas:
        keys = f"{sort_key(a.name)}\t{fold(a.name)} {pinyin(a.name)} {initials(a.name)}"
        division: object = homes.NULL
        if a.division_code:
            division = numbers[a.id]
            above = numbers[a.division_parent] if a.division_parent else homes.NULL
            out["division"].append(
                f"{division}\t{a.division_code}\t{a.level + 2}\t{a.name}\t{keys}\t{above}\t"
                f"{_ALWAYS}\t{SOURCE}\n"
            )
        out["area"].append(
            f"{a.id}\t{a.code}\t{a.kind}\t{a.level}\t{a.name}\t{keys}\t{division}\t"
            f"{a.parent or homes.NULL}\t{SINCE}\n"
        )
        out["areaname"].append(f"{a.id}\t{a.name}\t{_ALWAYS}\t{SOURCE}\n")
        if a.parent:
            out["areaparent"].append(f"{a.id}\t{a.parent}\t{_ALWAYS}\t{SOURCE}\n")
        if a.shape is not None:
            out["boundary"].append(_boundary(f"{a.id}\t{homes.NULL}", a.shape, light[a.id]))
    for number, shape in enumerate(plan.land.districts):
        whole = f"{homes.NULL}\t{numbers[2 + number]}"
        out["boundary"].append(_boundary(whole, shape, shape.simplify(60)))
    return out


def _boundary(of: str, shape: maps.Polygon, light: maps.Polygon) -> str:
    full, thin = json.dumps(maps.multipolygon(shape)), json.dumps(maps.multipolygon(light))
    edges = "\t".join(str(value) for value in maps.box(shape))
    return f"{of}\t{full}\t{thin}\t{edges}\t{SOURCE}\t{SINCE}\t{_ALWAYS}\t[]\n"


def community_lines(
    plan: Plan, trade: firms.Trade, numbers: Iterable[int]
) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Lines by table of some communities (index from 0), with the number of units in each."""
    for index in numbers:
        community = plan.communities[index]
        made = homes.write(plan.seed, community, trade.delimited)
        developer = str(plan.size.companies + community.developer)
        made.ownership = [line.replace("{developer}", developer) for line in made.ownership]
        yield community.units, {table: getattr(made, table) for table in HOME_TABLES}


def stream(size: Size, seed: int = 1) -> Iterator[tuple[str, list[str]]]:
    """Every line of a city: (table, lines), in an order in which they may be written."""
    plan = make(size, seed)
    trade = firms.make(plan)
    yield from place_lines(plan).items()
    yield from firms.lines(trade)
    for _, tables in community_lines(plan, trade, range(len(plan.communities))):
        yield from tables.items()


def digest(size: Size, seed: int = 1) -> str:
    """SHA-256 of the whole stream."""
    out = hashlib.sha256()
    for table, lines in stream(size, seed):
        out.update(table.encode())
        for line in lines:
            out.update(line.encode())
    return out.hexdigest()
