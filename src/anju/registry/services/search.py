"""Entries of the search box for communities, areas, companies and managers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def _community(community: Community) -> SearchEntry:
    names = [community.name, *(n.name for n in community.names.all())]
    names += [a.name for a in community.aliases.all()]
    names.append(community.code)
    return _entry(EntryKind.COMMUNITY, community, names, note=community.address, rank=40)


def _area(area: ManagementArea) -> SearchEntry:
    names = [area.name, *(n.name for n in area.names.all()), area.code]
    return _entry(EntryKind.AREA, area, names, note="", rank=30)


def _company(company: Company) -> SearchEntry:
    names = [company.name, *(n.name for n in company.names.all()), company.code]
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


def community_index(community: Community) -> None:
    """Write the search entry of a community."""
    _save(_community(community))


def community_unindex(community: Community) -> None:
    """Take a closed community out of the search."""
    SearchEntry.objects.filter(kind=EntryKind.COMMUNITY, object_id=community.pk).delete()


def area_index(area: ManagementArea) -> None:
    """Write the search entry of a management area."""
    _save(_area(area))


def company_index(company: Company) -> None:
    """Write the search entry of a company."""
    _save(_company(company))


def manager_index(manager: Manager) -> None:
    """Write the search entry of a project manager."""
    _save(_manager(manager))


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
