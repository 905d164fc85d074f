"""The portal's lists find by part, pinyin and initials, and only what is published."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from anju.registry import services
from tests.factories import registry

CASES = [
    *(("community", typed) for typed in ("阳光", "花园", "yangguang", "yghy", "gh", "阳 光")),
    *(("company", typed) for typed in ("安居", "yuncheng", "anju", "ycaj")),
    *(("manager", typed) for typed in ("卫东", "liweidong", "weidong", "lwd", "wd")),
]
LABELS = {"community": "阳光花园", "company": "云城安居物业有限公司", "manager": "李卫东"}


def listed(name: str, typed: str) -> list[str]:
    page = Client().get(reverse(f"portal:{name}_list"), {"name": typed})
    return [str(row) for row in page.context["page"]]


@pytest.mark.parametrize(("name", "typed"), CASES)
def test_a_public_list_finds_by_part_pinyin_and_initials(home, name, typed):
    assert listed(name, typed) == [LABELS[name]]


@pytest.mark.parametrize("name", list(LABELS))
@pytest.mark.parametrize("typed", ["不存在", "zzq", "%", "_", "'", "光阳"])
def test_a_public_list_finds_nothing_that_is_not_there(home, name, typed):
    assert listed(name, typed) == []


def test_what_is_closed_or_leads_nothing_is_in_no_public_list(home):
    closed = registry.make_community("阳光里", home.unit.community.committee)
    services.community_close(
        actor=registry.SYSTEM,
        community=closed,
        on_day=registry.NOW.date(),
        reason="拆迁",
        at=registry.NOW,
    )
    registry.make_manager(home.project.company, "李未东")
    assert listed("community", "yangguang") == ["阳光花园"]
    assert listed("manager", "lwd") == ["李卫东"]
