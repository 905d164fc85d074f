"""Writing the invented city into the database, and what refuses it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from anju.city.making import Refusal, city, city_make, stripping
from anju.city.models import Making
from anju.registry import vault
from anju.registry.models import Person

AT = datetime(2026, 11, 1, 1, tzinfo=UTC)

# By hand, from the quotas of the small city.
ROWS = {
    "reference_area": 48,
    "reference_boundary": 48 + 9,
    "registry_community": 12,
    "registry_managementarea": 12,
    "registry_building": 60,
    "registry_unit": 900 + 40 + 60 + 30,
    "registry_person": 1_100,
    "registry_personkey": 1_100,
    "registry_company": 8 + 4,
    "registry_manager": 12,
    "registry_project": 10 + 5,
    "registry_areabuilding": 60,
}


def one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.fixture
def made(db: None) -> Making:
    return city_make(size="small", seed=1, at=AT)


def test_the_database_holds_the_totals_written_by_hand(made: Making) -> None:
    assert {table: one(f"SELECT count(*) FROM {table}") for table in ROWS} == ROWS
    assert one("SELECT count(*) FROM registry_unit WHERE kind = 'home'") == 900
    assert one("SELECT count(*) FROM registry_unit WHERE kind = 'commercial'") == 40
    assert one("SELECT count(*) FROM registry_unit WHERE kind = 'garage'") == 60
    assert one("SELECT count(*) FROM registry_unit WHERE kind = 'storage'") == 30
    assert one("SELECT sum(units) FROM registry_unittally") == 1_030
    assert one("SELECT count(*) FROM registry_project WHERE upper_inf(period)") == 10
    assert one("SELECT count(*) FROM registry_company WHERE is_out_of_town") == 2
    assert one("SELECT count(*) FROM registry_company WHERE parent_id IS NOT NULL") == 1


def test_every_unit_is_owned_whole_today(made: Making) -> None:
    broken = one(
        "SELECT count(*) FROM registry_unit u WHERE 1 <>"
        " (SELECT sum(share_num::numeric / share_den) FROM registry_ownership o"
        " WHERE o.unit_id = u.id AND o.period @> CURRENT_DATE)"
    )
    assert broken == 0
    assert one("SELECT count(*) FROM registry_ownership WHERE share_num < share_den") > 100
    assert one("SELECT count(*) FROM registry_ownership WHERE NOT upper_inf(period)") > 20
    assert one("SELECT count(*) FROM registry_ownership WHERE is_unsold") > 5


def test_every_row_lies_on_its_areas_path(made: Making) -> None:
    for table in ("community", "building", "unit", "managementarea", "project"):
        astray = one(
            f"SELECT count(*) FROM registry_{table} r JOIN reference_area a ON a.id = r.area_id"
            " WHERE (r.district_id, r.subdistrict_id, r.committee_id) IS DISTINCT FROM"
            " (a.district_id, a.subdistrict_id, a.committee_id) OR a.level <> 3"
        )
        assert astray == 0


def test_the_register_opens_what_the_load_has_sealed(made: Making) -> None:
    person = Person.objects.select_related("data_key").order_by("pk")[500]
    key = vault.open_data_key(person.data_key.key_id, bytes(person.data_key.wrapped))
    number = vault.unseal(key, "id", bytes(person.id_cipher))
    assert number.startswith("9901")
    assert bytes(person.id_hash) == vault.search_hash("id", f"resident:{number}")
    assert person.id_mask == f"9901************{number[-2:]}"


def test_managers_work_for_the_company_they_lead_a_project_of(made: Making) -> None:
    strangers = one(
        "SELECT count(*) FROM registry_managerassignment m JOIN registry_project p"
        " ON p.id = m.project_id WHERE NOT EXISTS (SELECT 1 FROM registry_manageremployment e"
        " WHERE e.manager_id = m.manager_id AND e.company_id = p.company_id"
        " AND e.period @> lower(m.period))"
    )
    assert strangers == 0


def test_search_finds_the_city(made: Making) -> None:
    assert one("SELECT count(*) FROM registry_searchentry WHERE kind = 'community'") == 12


def test_a_second_city_is_refused_and_reset_makes_it_anew(made: Making) -> None:
    with pytest.raises(Refusal, match="--reset"):
        city_make(size="small", seed=1, at=AT)
    again = city_make(size="small", seed=2, at=AT, reset=True)
    assert Making.objects.get() == again
    assert one("SELECT count(*) FROM registry_unit") == ROWS["registry_unit"]
    assert one("SELECT count(*) FROM core_history") == 0


@pytest.mark.django_db
def test_rows_of_others_are_never_touched() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reference_area (code, kind, level, name, sort_key, valid_from)"
            " VALUES ('320300000000', 'city', 0, '某市', '某市', '2020-01-01')"
        )
    for reset in (False, True):
        with pytest.raises(Refusal, match="reference_area"):
            city_make(size="small", seed=1, at=AT, reset=reset)
    with pytest.raises(CommandError):
        call_command("make_city", size="small")
    assert one("SELECT count(*) FROM reference_area") == 1


@pytest.mark.django_db
def test_what_a_large_load_takes_off_is_put_back_as_it_was() -> None:
    def catalogue() -> list[object]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE contype <> 'n' AND conrelid = ANY(%s::regclass[])"
                " UNION ALL SELECT indrelid::regclass::text, indexrelid::regclass::text,"
                " pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY(%s::regclass[])"
                " UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
                " WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[]) ORDER BY 1, 2, 3",
                [list(stripping.TABLES)] * 3,
            )
            return cursor.fetchall()

    before = catalogue()
    with connection.cursor() as cursor:
        off, back = stripping.written_down(cursor)
        for sql in off:
            cursor.execute(sql)
        assert len(catalogue()) < len(before) / 2
        stripping.one_by_one(cursor, back)
    assert catalogue() == before


@pytest.mark.commits
def test_a_large_load_that_was_cut_off_is_mended_and_done_anew(
    committed_db: str, django_db_blocker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city, "_LARGE_FROM", 1)
    put_back = city._put_back

    def power_fails(*_: object) -> None:
        raise KeyboardInterrupt

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        monkeypatch.setattr(city, "_put_back", power_fails)
        with pytest.raises(KeyboardInterrupt):
            city_make(size="small", seed=2, at=AT)
        assert len(Making.objects.get().put_back) > 30
        monkeypatch.setattr(city, "_put_back", put_back)
        making = city_make(size="small", seed=1, at=AT, reset=True)
        assert making.put_back == []
        assert {table: one(f"SELECT count(*) FROM {table}") for table in ROWS} == ROWS
        assert one("SELECT sum(units) FROM registry_unittally") == 1_030
        idle = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'"
        assert one(idle) == 0
        unchecked = "SELECT count(*) FROM pg_constraint WHERE NOT convalidated"
        assert one(unchecked) == 0
