"""Two connections write at the same time: what must hold over several rows holds afterwards."""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from anju.registry.models import Ownership
from tests.commits import conninfo
from tests.factories.registry import make_manager, make_person, make_unit, make_user

OWNER = (
    "INSERT INTO registry_ownership (unit_id, person_id, period, share_num, share_den, is_unsold,"
    " source, reason, created_at) VALUES (%s, %s, '[2020-01-01,)', 1, 1, false, 'register', '',"
    " now())"
)


def at_once(first: tuple[str, list[Any]], second: tuple[str, list[Any]]) -> list[str]:
    """Run both statements before either commits; how each commit ended, by constraint."""
    name = str(connection.settings_dict["NAME"])
    ends: dict[int, str] = {}

    def write(number: int, session: psycopg.Connection, statement: tuple[str, list[Any]]) -> None:
        try:
            session.execute(*statement)
            session.execute("SET CONSTRAINTS ALL IMMEDIATE")
            checked.set()
            # Not committed before the other one has come as far as it can.
            time.sleep(0.4 if number == 1 else 0)
            session.commit()
            ends[number] = "written"
        except psycopg.errors.CheckViolation as error:
            ends[number] = str(error.diag.constraint_name)

    checked = threading.Event()
    with (
        psycopg.connect(**conninfo(name)) as one,
        psycopg.connect(**conninfo(name)) as two,
    ):
        threads = [threading.Thread(target=write, args=(1, one, first))]
        threads[0].start()
        assert checked.wait(10)
        threads.append(threading.Thread(target=write, args=(2, two, second)))
        threads[1].start()
        for thread in threads:
            thread.join(20)
    return [ends[1], ends[2]]


def test_two_whole_owners_are_not_both_written(committed_db: str):
    unit, one, two = make_unit(), make_person("甲乙"), make_person("丙丁")
    found = at_once((OWNER, [unit.pk, one.pk]), (OWNER, [unit.pk, two.pk]))
    assert found == ["written", "registry_owner_shares_sum"]
    assert Ownership.objects.get(unit=unit).person == one


def test_owners_of_two_units_do_not_wait_for_each_other(committed_db: str):
    one, two = make_unit(number="101"), make_unit(number="102")
    person = make_person()
    found = at_once((OWNER, [one.pk, person.pk]), (OWNER, [two.pk, person.pk]))
    assert found == ["written", "written"]


PUBLISH = "UPDATE registry_manager SET published_phone = %s WHERE id = %s"
SIGN_IN = "UPDATE access_user SET phone = %s WHERE id = %s"
PHONE = "13800001111"


@pytest.mark.parametrize("publishes_first", [True, False])
def test_a_phone_is_not_published_while_somebody_takes_it_to_sign_in(
    committed_db: str, publishes_first: bool
):
    publish = (PUBLISH, [PHONE, make_manager().pk])
    sign_in = (SIGN_IN, [PHONE, make_user().pk])
    both = (publish, sign_in) if publishes_first else (sign_in, publish)
    assert at_once(*both) == ["written", "registry_manager_published_phone"]
