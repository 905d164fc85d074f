"""How large an invented city is. Every number is met exactly, so that totals are known by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Quotas of one city; sub-districts per district in the order of ``land.DISTRICTS``."""

    name: str
    subdistricts: tuple[int, ...]
    zone_parts: tuple[tuple[int, int], ...]  # (district number, sub-districts given to a zone)
    committees: int
    communities: int
    split_communities: int  # communities of two management areas
    joined_communities: int  # communities that share one area with the one before
    buildings: int
    homes: int
    shops: int
    garages: int
    storages: int
    people: int
    companies: int  # local, branches and out-of-town together
    branches: int
    outsiders: int
    developers: int
    managers: int
    unmanaged_areas: int  # areas without a project today
    past_projects: int

    @property
    def areas(self) -> int:
        """Management areas."""
        return self.communities + self.split_communities - self.joined_communities

    @property
    def projects(self) -> int:
        """Projects, current and past."""
        return self.areas - self.unmanaged_areas + self.past_projects

    @property
    def units(self) -> int:
        """Homes and other units."""
        return self.homes + self.shops + self.garages + self.storages


FULL = Size(
    name="full",
    subdistricts=(12, 15, 16, 13, 13, 11, 10, 10, 10),
    zone_parts=((3, 3), (5, 2), (4, 4)),
    committees=960,
    communities=2_000,
    split_communities=60,
    joined_communities=160,
    buildings=30_000,
    homes=1_100_000,
    shops=36_000,
    garages=50_000,
    storages=30_000,
    people=1_300_000,
    companies=800,
    branches=120,
    outsiders=90,
    developers=150,
    managers=2_000,
    unmanaged_areas=180,
    past_projects=1_400,
)

DEMO = Size(
    name="demo",
    subdistricts=(3, 3, 3, 3, 3, 3, 2, 2, 2),
    zone_parts=((3, 1), (5, 1), (4, 1)),
    committees=60,
    communities=40,
    split_communities=2,
    joined_communities=3,
    buildings=300,
    homes=6_000,
    shops=240,
    garages=360,
    storages=200,
    people=8_000,
    companies=30,
    branches=4,
    outsiders=5,
    developers=12,
    managers=50,
    unmanaged_areas=4,
    past_projects=20,
)

SMALL = Size(
    name="small",
    subdistricts=(1, 1, 1, 2, 2, 2, 1, 1, 1),
    zone_parts=((3, 1), (5, 1), (4, 1)),
    committees=24,
    communities=12,
    split_communities=1,
    joined_communities=1,
    buildings=60,
    homes=900,
    shops=40,
    garages=60,
    storages=30,
    people=1_100,
    companies=8,
    branches=1,
    outsiders=2,
    developers=4,
    managers=12,
    unmanaged_areas=2,
    past_projects=5,
)

SIZES = {size.name: size for size in (SMALL, DEMO, FULL)}
