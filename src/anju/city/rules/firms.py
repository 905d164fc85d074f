"""Companies, project managers, management areas and the projects in which firms serve them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from anju.core.text import sort_key

from . import codes
from .dice import Dice, spread
from .homes import person_line
from .names import company_name, developer_name, person_name
from .plan import DAY, Community, Plan

_NULL = "\\N"
_FIRST = date(2004, 1, 1)
_END_REASONS = ("合同到期，业主大会另行选聘", "企业提前退出", "合同到期未续签", "业主共同决定解聘")


@dataclass(slots=True)
class Firm:
    """A property company or a branch."""

    id: int
    name: str
    founded: date
    projects: int = 0
    managers: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Project:
    """One company's service of one management area."""

    id: int
    area: int
    company: int
    start: date
    end: date | None = None


@dataclass(slots=True)
class Trade:
    """Everything about firms, by table, as lines of COPY text."""

    delimited: dict[int, str] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)

    def add(self, table: str, *values: object) -> None:
        """One more line; None is null, a date its ISO form."""
        texts = [
            _NULL if v is None else v.isoformat() if isinstance(v, date) else str(v) for v in values
        ]
        self.lines.setdefault(table, []).append("\t".join(texts) + "\n")


def period(start: date, end: date | None = None) -> str:
    """A PostgreSQL date range, the last day not included."""
    return f"[{start.isoformat()},{end.isoformat() if end else ''})"


def make(plan: Plan) -> Trade:
    """Firms and what they serve."""
    out = Trade()
    _communities(plan, out)
    firms = _companies(plan, out)
    _developers(plan, out)
    areas = _areas(plan, out)
    current = _projects(plan, firms, areas, out)
    _managers(plan, firms, current, out)
    return out


def _communities(plan: Plan, out: Trade) -> None:
    kinds = {"old": "old", "mid": "commercial", "high": "commercial", "villa": "commercial"}
    first_developer = plan.size.companies
    for c in plan.communities:
        dice = Dice(plan.seed, "kind", c.number)
        kind = kinds[c.kind]
        roll = dice.below(100)
        if c.kind == "old" and roll < 30:
            kind = "reform"
        elif c.kind == "high" and roll < 16:
            kind = "relocation" if roll < 9 else "affordable"
        outline = str({"type": "Polygon", "coordinates": c.outline}).replace("'", '"')
        out.add(
            "community", c.number, c.area.id, f"XQ{c.number:06d}", c.name, sort_key(c.name), kind,
            "t" if c.kind == "old" else "f", c.address, c.year, c.centre[0], c.centre[1], outline,
            first_developer + c.developer if c.developer else None, "active",
        )  # fmt: skip
        built = date(c.year, 1, 1)
        if c.renamed_on:
            out.add("communityname", c.number, c.old_name, period(built, c.renamed_on))
            out.add("communityname", c.number, c.name, period(c.renamed_on))
        else:
            out.add("communityname", c.number, c.name, period(built))
        if c.alias:
            out.add("communityalias", c.number, c.alias)


def _companies(plan: Plan, out: Trade) -> list[Firm]:
    size = plan.size
    firms: list[Firm] = []
    parents = size.companies - size.branches
    first_person = plan.people_of_communities + size.managers + 1
    districts = [a for a in plan.areas if a.level == 1]
    roads = [street.name for street in plan.land.streets if street.level == 2]
    branches: dict[int, int] = {}
    for number in range(size.companies):
        dice = Dice(plan.seed, "company", number)
        outsider = parents - size.outsiders <= number < parents
        parent, founded = None, _FIRST + timedelta(days=dice.below(6_200))
        name = company_name(number, outsider=outsider)
        place = None if outsider else dice.pick(districts)
        if number >= parents:
            # Out-of-town companies come with a branch first, then the largest local ones.
            host = number - parents
            parent = parents - host if host < size.outsiders else 1 + (host - size.outsiders)
            branches[parent] = branches.get(parent, 0) + 1
            place = dice.pick(districts)
            name = f"{firms[parent - 1].name}{place.name.removesuffix('区')}分公司"
            founded = max(founded, firms[parent - 1].founded + timedelta(days=200))
        firm = Firm(number + 1, name, founded)
        firms.append(firm)
        person = first_person + number
        surname, given = person_name(dice.next(), dice.next(), 1, 1975)
        capital = (
            None if parent else dice.pick((50, 100, 200, 300, 500, 1_000, 3_000, 5_000)) * 1_000_000
        )
        where = f"{place.name}{dice.pick(roads)}{dice.between(1, 400)}号" if place else ""
        out.add(
            "company", firm.id, "property", codes.credit_code(number + 1), name, sort_key(name),
            parent, place.id if place else None, "t" if outsider else "f", where, surname + given,
            capital, founded, f"03008{number + 1:06d}", "active",
        )  # fmt: skip
        roll = Dice(plan.seed, "staff", number).next
        line = person_line(person, 1 + number % 9, roll)
        out.lines.setdefault("person", []).append(line)
        out.add("companystaff", firm.id, person, line.split("\t")[1], "负责人", period(founded))
        old = founded + timedelta(days=900)
        if dice.chance(40_000) and not parent and old < DAY:
            former = (
                name.replace("服务", "").replace("城市", "物业管理").replace("物业管理", "物业")
            )
            out.add("companyname", firm.id, f"{former[:-4]}管理处", period(founded, old))
            out.add("companyname", firm.id, name, period(old))
        else:
            out.add("companyname", firm.id, name, period(founded))
    return firms


def _developers(plan: Plan, out: Trade) -> None:
    for number in range(plan.size.developers):
        dice = Dice(plan.seed, "developer", number)
        name, founded = developer_name(number), date(1998, 3, 1) + timedelta(days=dice.below(5_000))
        surname, given = person_name(dice.next(), dice.next(), 1, 1970)
        firm = plan.size.companies + number + 1
        out.add(
            "company", firm, "developer", codes.credit_code(100_000 + number), name, sort_key(name),
            None, 2 + dice.below(9), "f", "", surname + given, dice.between(8, 200) * 100_000_000,
            founded, f"03007{number + 1:06d}", "active",
        )  # fmt: skip
        out.add("companyname", firm, name, period(founded))


def _areas(plan: Plan, out: Trade) -> list[tuple[int, list[Community]]]:
    """Management areas with their communities."""
    found: dict[int, list[Community]] = {}
    for community in plan.communities:
        for area in community.management_areas:
            found.setdefault(area, []).append(community)
    for area, communities in found.items():
        first = communities[0]
        name = "、".join(c.name for c in communities)
        if len(first.management_areas) > 1:
            name += "（东片）" if first.management_areas[0] == area else "（西片）"
        days = Dice(plan.seed, "area", area).below(500)
        drawn = min(
            date(max(first.year, 2004), 3, 1) + timedelta(days=days), DAY - timedelta(days=60)
        )
        out.delimited[area] = drawn.isoformat()
        out.add(
            "managementarea",
            area,
            first.area.id,
            f"QY{area:06d}",
            name,
            sort_key(name),
            drawn,
            "active",
        )
        out.add("managementareaname", area, name, period(drawn))
    return sorted(found.items())


def _projects(
    plan: Plan, firms: list[Firm], areas: list[tuple[int, list[Community]]], out: Trade
) -> list[Project]:
    size = plan.size
    dice = Dice(plan.seed, "projects")
    # Without a company are mostly old communities.
    order = sorted(
        areas, key=lambda a: (a[1][0].kind != "old", Dice(plan.seed, "unmanaged", a[0]).next())
    )
    idle = {area for area, _ in order[: size.unmanaged_areas]}
    served = [(area, communities) for area, communities in areas if area not in idle]
    weights = [1_000_000 // (rank + 4) for rank in range(len(firms))]
    deal = [
        firm
        for firm, count in zip(firms, spread(len(served), weights), strict=True)
        for _ in range(count)
    ]
    deal = dice.shuffled(deal)
    past = {area for area, _ in dice.shuffled(served)[: size.past_projects]}
    number, current = 1, []
    for (area, communities), firm in zip(served, deal, strict=True):
        first = communities[0]
        drawn = date.fromisoformat(out.delimited[area])
        span = (DAY - drawn).days
        start = drawn + timedelta(days=dice.below(span // 3 + 1))
        if area in past:
            other = firms[(firm.id + dice.below(len(firms) - 1)) % len(firms)]
            handed = start + timedelta(days=20 + dice.below((DAY - start).days - 30))
            ended = Project(number, area, other.id, start, handed)
            _project(out, ended, first, dice)
            number, start = number + 1, handed
        project = Project(number, area, firm.id, start)
        firm.projects += 1
        current.append(project)
        _project(out, project, first, dice)
        number += 1
    return current


def _project(out: Trade, p: Project, community: Community, dice: Dice) -> None:
    out.projects.append(p)
    reason = dice.pick(_END_REASONS) if p.end else ""
    out.add(
        "project", p.id, community.area.id, f"XM{p.id:06d}", p.area, p.company, reason,
        period(p.start, p.end),
    )  # fmt: skip
    low, high = {"old": (30, 75), "mid": (60, 140), "high": (120, 290), "villa": (220, 480)}[
        community.kind
    ]
    fee = dice.between(low // 5, high // 5) * 5
    change = p.start + timedelta(days=1_100 + dice.below(900))
    if change < (p.end or DAY) and dice.chance(300_000):
        out.add("projectfee", p.id, "home", fee, period(p.start, change))
        out.add("projectfee", p.id, "home", fee + 5 * dice.between(1, 6), period(change, p.end))
    else:
        out.add("projectfee", p.id, "home", fee, period(p.start, p.end))
    if community.shops:
        out.add("projectfee", p.id, "commercial", fee * 2, period(p.start, p.end))


def _managers(plan: Plan, firms: list[Firm], current: list[Project], out: Trade) -> None:
    size = plan.size
    left = size.managers * 6 // 100
    least = [1 if firm.projects else 0 for firm in firms]
    counts = spread(size.managers - left - sum(least), [1 + firm.projects * 12 for firm in firms])
    number = 1
    for firm, count, one in zip(firms, counts, least, strict=True):
        firm.managers = list(range(number, number + count + one))
        number += count + one
    by_firm: dict[int, list[Project]] = {}
    for project in current:
        by_firm.setdefault(project.company, []).append(project)
    since: dict[int, tuple[int, date]] = {}
    for firm in firms:
        projects = sorted(by_firm.get(firm.id, ()), key=lambda p: (p.start, p.id))
        for index, project in enumerate(projects):
            manager = firm.managers[index % len(firm.managers)]
            since.setdefault(manager, (firm.id, project.start - timedelta(days=30)))
            _assign(out, firm, projects, index, manager)
        for manager in firm.managers:
            days = Dice(plan.seed, "hired", manager).below(2_600)
            since.setdefault(manager, (firm.id, DAY - timedelta(days=60 + days)))
    earlier = _earlier(out, since)
    for manager, (company, start) in sorted(since.items()):
        if manager in earlier:
            other, begin, end = earlier[manager]
            out.add("manageremployment", manager, other, period(begin, end))
        out.add("manageremployment", manager, company, period(start))
    for manager in range(number, number + left):
        start = date(2012, 1, 1) + timedelta(days=Dice(plan.seed, "left", manager).below(3_000))
        out.add(
            "manageremployment",
            manager,
            1 + manager % len(firms),
            period(start, start + timedelta(days=1_200)),
        )
    _manager_files(plan, size.managers, left, out)


def _assign(out: Trade, firm: Firm, projects: list[Project], index: int, manager: int) -> None:
    """A project's manager; every fifth project had a colleague before."""
    project = projects[index]
    before = firm.managers[(index - 1) % len(firm.managers)]
    handed = project.start + timedelta(days=400)
    if index % 5 == 4 and before != manager and index <= len(firm.managers) and handed < DAY:
        out.add("managerassignment", project.id, before, period(project.start, handed))
        out.add("managerassignment", project.id, manager, period(handed))
    else:
        out.add("managerassignment", project.id, manager, period(project.start))


def _earlier(out: Trade, since: dict[int, tuple[int, date]]) -> dict[int, tuple[int, date, date]]:
    """Managers who led a past project of another company before they came to the present one."""
    earlier: dict[int, tuple[int, date, date]] = {}
    free = sorted(since, key=lambda m: (since[m][1], m), reverse=True)
    for project in sorted(
        (p for p in out.projects if p.end), key=lambda p: (p.end, p.id), reverse=True
    ):
        if not free or project.end is None:
            break
        manager = free[0]
        company, start = since[manager]
        if start >= project.end and company != project.company:
            free.pop(0)
            earlier[manager] = (project.company, project.start - timedelta(days=20), project.end)
            out.add("managerassignment", project.id, manager, period(project.start, project.end))
    return earlier


def _manager_files(plan: Plan, managers: int, left: int, out: Trade) -> None:
    first = plan.people_of_communities
    for manager in range(1, managers + 1):
        roll = Dice(plan.seed, "manager", manager).next
        line = person_line(first + manager, 1 + manager % 9, roll)
        name = line.split("\t")[1]
        out.lines.setdefault("person", []).append(line)
        gone = manager > managers - left
        out.add(
            "manager", manager, first + manager, name, sort_key(name), f"WY{manager:06d}",
            "" if gone else codes.phone(90_000_000 + manager), "left" if gone else "active",
        )  # fmt: skip


def lines(trade: Trade) -> Iterator[tuple[str, list[str]]]:
    """Tables of the trade in the order in which they may be written."""
    for table in TABLES:
        yield table, trade.lines.get(table, [])


TABLES = (
    "company", "companyname", "community", "communityname", "communityalias", "managementarea",
    "managementareaname", "person", "companystaff", "manager", "manageremployment", "project",
    "projectfee", "managerassignment",
)  # fmt: skip
