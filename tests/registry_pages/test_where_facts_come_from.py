"""Beside each fact stands its source and the day it was true; a later change by hand wins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from anju.access.states import Role
from anju.core.time import legal_day
from anju.registry import services
from anju.registry.models import FieldProvenance
from tests.factories.registry import SYSTEM

from .test_pages_of_a_past_day import entered_long_ago

SOURCE = "不动产登记"
AS_OF = date(2026, 3, 1)


@pytest.fixture
def desk(signed_in):
    client = signed_in(Role.DESK_CLERK)
    client.cookies["anju_language"] = "en"
    return client


@pytest.fixture
def sourced(city):
    """A home whose floor and registered area came from a file forty days ago."""
    services.unit_change(actor=SYSTEM, unit=city.unit, fields={"floor": 5}, at=timezone.now())
    city.unit.refresh_from_db()
    services.provenance_set(
        target=city.unit,
        source=SOURCE,
        values={"floor": 5, "registered_dm2": city.unit.registered_dm2},
        as_of=AS_OF,
    )
    entered_long_ago()
    return city


def origin(client, unit, label, **asked):
    answer = client.get(reverse("registry:unit", args=[unit.pk]), asked)
    [fact] = [one for one in answer.context["detail"].facts if str(one.label) == label]
    assert fact.origin in answer.content.decode()
    return fact.origin


def test_the_source_and_its_day_stand_beside_the_fact(sourced, desk):
    for label in ("Floor", "Registered, m²", "Area that counts, m²"):
        assert origin(desk, sourced.unit, label) == f"{SOURCE}, as of 2026-03-01"
    assert origin(desk, sourced.unit, "Surveyed, m²") == ""
    assert origin(desk, sourced.second, "Floor") == ""


def test_a_later_change_by_hand_wins_and_the_day_before_still_names_the_source(sourced, desk):
    services.unit_measure(
        actor=SYSTEM, unit=sourced.unit, areas={"registered_dm2": 12_345}, at=timezone.now()
    )
    today = legal_day(timezone.now())
    for label in ("Registered, m²", "Area that counts, m²"):
        assert origin(desk, sourced.unit, label) == f"changed by hand on {today.isoformat()}"
    assert origin(desk, sourced.unit, "Floor") == f"{SOURCE}, as of 2026-03-01"
    before = (today - timedelta(days=1)).isoformat()
    assert origin(desk, sourced.unit, "Registered, m²", on=before) == f"{SOURCE}, as of 2026-03-01"


def test_a_later_source_wins_over_a_change_by_hand(sourced, desk):
    services.unit_change(actor=SYSTEM, unit=sourced.unit, fields={"floor": 6}, at=timezone.now())
    services.provenance_set(
        target=sourced.unit, source="测绘", values={"floor": 6}, as_of=date(2026, 5, 1)
    )
    assert origin(desk, sourced.unit, "Floor") == "测绘, as of 2026-05-01"


def test_a_day_before_the_source_was_read_names_none(sourced, desk):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_fieldprovenance")
        assert cursor.fetchone()[0] == 1
    FieldProvenance.objects.update(created_at=timezone.now())
    before = (legal_day(timezone.now()) - timedelta(days=1)).isoformat()
    assert origin(desk, sourced.unit, "Floor", on=before) == ""
