"""A register extract says what the register holds, and no owner's name in clear."""

from __future__ import annotations

import pytest

from anju.access.states import Role
from anju.core.errors import NotFound
from anju.registry import extracts
from tests.factories.registry import (
    NOW,
    make_actor,
    make_committee,
    make_community,
    make_owner,
    make_person,
    make_project,
    make_unit,
)

pytestmark = pytest.mark.django_db


def words(extract) -> str:
    return str([getattr(block, "rows", ()) for block in extract.blocks])


def test_a_community_is_extracted_with_its_code_and_homes():
    unit = make_unit()
    clerk = make_actor(Role.DISTRICT_CLERK, unit.community.district)
    extract = extracts.community_extract(clerk, unit.community_id, NOW)
    assert unit.community.code in words(extract)
    assert "89.50" in words(extract)
    assert extract.area == unit.community.area


def test_a_unit_names_its_owners_masked_and_not_in_the_title():
    unit = make_unit()
    make_owner(unit, make_person("王小明"))
    clerk = make_actor(Role.DISTRICT_CLERK, unit.community.district)
    extract = extracts.unit_extract(clerk, unit.pk, NOW)
    assert "王*明" in words(extract)
    assert "王小明" not in words(extract) + extract.title + extract.label


def test_a_company_shows_the_projects_of_the_day():
    project = make_project()
    extract = extracts.company_extract(make_actor(Role.DESK_CLERK), project.company_id, NOW)
    assert project.code in words(extract)


def test_what_lies_outside_the_reach_is_not_there():
    community = make_community()
    stranger = make_actor(Role.DISTRICT_CLERK, make_committee("东风社区", "青川区").district)
    with pytest.raises(NotFound):
        extracts.community_extract(stranger, community.pk, NOW)
