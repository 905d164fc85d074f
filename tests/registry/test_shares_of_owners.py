"""The shares of a unit add to one on every day: in the service and in the database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput
from anju.registry.models import Ownership
from anju.registry.queries import owners_known_at, owners_on
from anju.registry.services import Holder, ownership_record, ownership_transfer
from tests.factories.registry import (
    NOW,
    make_company,
    make_owner,
    make_person,
    make_unit,
    period,
)

pytestmark = pytest.mark.django_db


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def spell(unit, person, low, high=None, num=1, den=1):
    return Ownership.objects.create(
        unit=unit,
        person=person,
        period=period(low, high),
        share_num=num,
        share_den=den,
        source="register",
    )


@transaction.atomic
def write_all(unit, people, rows) -> None:
    for person, (low, high, num, den) in zip(people, rows, strict=True):
        spell(unit, person, low, high, num, den)
    check_now()


def test_three_owners_of_a_third_are_accepted():
    unit = make_unit()
    ownership_record(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(person=make_person(), num=1, den=3) for _ in range(3)],
        on_day=date(2020, 1, 1),
        source="register",
        at=NOW,
    )
    assert owners_on(unit, date(2026, 1, 1)).count() == 3


def test_shares_that_do_not_add_to_one_are_refused_with_a_sentence():
    unit = make_unit()
    with pytest.raises(InvalidInput, match="add to exactly one"):
        ownership_record(
            actor=SYSTEM,
            unit=unit,
            holders=[Holder(person=make_person(), num=1, den=3) for _ in range(2)],
            on_day=date(2020, 1, 1),
            source="register",
            at=NOW,
        )
    assert not Ownership.objects.filter(unit=unit).exists()


@pytest.mark.parametrize(
    "rows",
    [
        [(date(2020, 1, 1), None, 1, 2)],
        [(date(2020, 1, 1), None, 1, 1), (date(2021, 1, 1), None, 1, 1)],
        [(date(2020, 1, 1), date(2021, 1, 1), 1, 1), (date(2022, 1, 1), None, 1, 1)],
        [(date(2020, 1, 1), None, 1, 3), (date(2020, 1, 1), None, 3333, 5000)],
    ],
)
def test_the_database_refuses_a_day_on_which_shares_do_not_add_to_one(rows):
    unit = make_unit()
    people = [make_person() for _ in rows]
    with pytest.raises(IntegrityError, match="shares of unit"):
        write_all(unit, people, rows)


def test_the_database_refuses_an_owner_twice_at_a_time():
    unit, person = make_unit(), make_person()
    rows = [(date(2020, 1, 1), None, 1, 2), (date(2020, 6, 1), None, 1, 2)]
    with pytest.raises(IntegrityError, match="registry_owner_once"):
        write_all(unit, [person, person], rows)


def test_a_transfer_ends_the_former_owner_on_the_day():
    unit = make_unit()
    former = make_owner(unit, on_day=date(2018, 5, 1))
    buyer = make_person("张丽")
    ownership_transfer(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(person=buyer)],
        on_day=date(2024, 3, 1),
        source="register",
        reason="买卖",
        at=NOW,
    )
    assert [o.person for o in owners_on(unit, date(2024, 2, 29))] == [former]
    assert [o.person for o in owners_on(unit, date(2024, 3, 1))] == [buyer]


def test_a_transfer_before_a_later_owner_is_refused():
    unit = make_unit()
    make_owner(unit, on_day=date(2022, 1, 1))
    with pytest.raises(Conflict, match="Later owners"):
        ownership_transfer(
            actor=SYSTEM,
            unit=unit,
            holders=[Holder(person=make_person())],
            on_day=date(2020, 1, 1),
            source="register",
            reason="补录",
            at=NOW,
        )


def test_a_transfer_in_the_future_is_refused():
    unit = make_unit()
    make_owner(unit)
    with pytest.raises(InvalidInput, match="future"):
        ownership_transfer(
            actor=SYSTEM,
            unit=unit,
            holders=[Holder(person=make_person())],
            on_day=date(2026, 6, 2),
            source="register",
            reason="买卖",
            at=NOW,
        )


def test_unsold_stock_is_the_developers():
    unit = make_unit()
    with pytest.raises(InvalidInput, match="developer"):
        ownership_record(
            actor=SYSTEM,
            unit=unit,
            holders=[Holder(company=make_company())],
            on_day=date(2020, 1, 1),
            source="developer",
            is_unsold=True,
            at=NOW,
        )
    developer = make_company("云城置业有限公司", kind="developer")
    ownership_record(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(company=developer)],
        on_day=date(2020, 1, 1),
        source="developer",
        is_unsold=True,
        at=NOW,
    )
    assert owners_on(unit, date(2021, 1, 1)).get().owner == developer


def test_a_correction_of_the_same_day_can_be_read_back_as_it_was_known():
    from django.utils import timezone

    unit = make_unit()
    wrong = make_owner(unit, on_day=date(2024, 3, 1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]
    right = make_person("张丽")
    ownership_transfer(
        actor=SYSTEM,
        unit=unit,
        holders=[Holder(person=right)],
        on_day=date(2024, 3, 1),
        source="register",
        reason="更正",
        at=NOW,
    )
    after = timezone.now()
    day = date(2025, 1, 1)
    assert [row["person_id"] for row in owners_known_at(unit, day, before)] == [wrong.pk]
    assert [row["person_id"] for row in owners_known_at(unit, day, after)] == [right.pk]
    assert [o.person for o in owners_on(unit, day)] == [right]
