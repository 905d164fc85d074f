"""Entries of the search box for communities, areas, companies and managers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection

from anju.core.text import fold, initials, pinyin

from .. import rules
from ..models import Community, Company, ManagementArea, Manager, SearchEntry
from ..states import CompanyState, EntryKind, ManagerState

_BATCH = 2_000


def _entry(kind: str, thing: Any, names: Iterable[str], *, note: str, rank: int) -> SearchEntry:
    names = [name for name in dict.fromkeys(names) if name]
    return SearchEntry(
        kind=kind,
        object_id=thing.pk,
        label=str(thing)[:200],
        note=note[:200],
        text="\n".join(
            line for name in names for line in (fold(name), pinyin(name), initials(name)) if line
        ),
        district_id=getattr(thing, "district_id", None),
        subdistrict_id=getattr(thing, "subdistrict_id", None),
        committee_id=getattr(thing, "committee_id", None),
        is_public=True,
        rank=rank,
        keys=rules.search_keys(names),
    )


def _names(rows: Iterable[Any]) -> list[str]:
    # In one order always, so that an entry is the same whoever writes it.
    return [row.name for row in sorted(rows, key=lambda row: row.pk)]


def _community(community: Community) -> SearchEntry:
    names = [community.name, *_names(community.names.all())]
    names += _names(community.aliases.all())
    names.append(community.code)
    return _entry(EntryKind.COMMUNITY, community, names, note=community.address, rank=40)


def _area(area: ManagementArea) -> SearchEntry:
    names = [area.name, *_names(area.names.all()), area.code]
    return _entry(EntryKind.AREA, area, names, note="", rank=30)


def _company(company: Company) -> SearchEntry:
    names = [company.name, *_names(company.names.all()), company.code]
    return _entry(EntryKind.COMPANY, company, names, note=company.code, rank=20)


def _manager(manager: Manager) -> SearchEntry:
    return _entry(EntryKind.MANAGER, manager, [manager.name], note=manager.published_phone, rank=10)


def _save(entry: SearchEntry) -> None:
    SearchEntry.objects.bulk_create(
        [entry],
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=[
            "label", "note", "text", "district_id", "subdistrict_id", "committee_id",
            "is_public", "rank", "keys",
        ],
    )  # fmt: skip


def _follow(kind: str, thing: Any, entry: Callable[[Any], SearchEntry]) -> None:
    """Write the entry of what is in use; take out what is closed."""
    if thing.state == "active":
        _save(entry(thing))
    else:
        SearchEntry.objects.filter(kind=kind, object_id=thing.pk).delete()


def community_index(community: Community) -> None:
    """Bring the search entry of a community up to date."""
    _follow(EntryKind.COMMUNITY, community, _community)


def area_index(area: ManagementArea) -> None:
    """Bring the search entry of a management area up to date."""
    _follow(EntryKind.AREA, area, _area)


def company_index(company: Company) -> None:
    """Bring the search entry of a company up to date."""
    _follow(EntryKind.COMPANY, company, _company)


def manager_index(manager: Manager) -> None:
    """Bring the search entry of a project manager up to date."""
    _follow(EntryKind.MANAGER, manager, _manager)


def _all() -> Iterator[SearchEntry]:
    communities = Community.objects.filter(state="active").prefetch_related("names", "aliases")
    yield from (_community(row) for row in communities.iterator(_BATCH))
    areas = ManagementArea.objects.filter(state="active").prefetch_related("names")
    yield from (_area(row) for row in areas.iterator(_BATCH))
    companies = Company.objects.filter(state=CompanyState.ACTIVE).prefetch_related("names")
    yield from (_company(row) for row in companies.iterator(_BATCH))
    managers = Manager.objects.filter(state=ManagerState.ACTIVE)
    yield from (_manager(row) for row in managers.iterator(_BATCH))


def search_rebuild() -> int:
    """Write all entries anew, as after a load by COPY; returns their number."""
    SearchEntry.objects.all().delete()
    batch: list[SearchEntry] = []
    count = 0
    for entry in _all():
        batch.append(entry)
        if len(batch) >= _BATCH:
            SearchEntry.objects.bulk_create(batch)
            count += len(batch)
            batch = []
    SearchEntry.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_searchentry")
    return count + len(batch)
