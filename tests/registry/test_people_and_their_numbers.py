"""Identity numbers and phones: sealed, masked, found by keyed hash, revealed with a reason."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Conflict, InvalidInput, NotFound, Refused
from anju.registry import services, vault
from anju.registry.models import ChangeRequest, Person, PersonKey
from tests.factories.registry import (
    NOW,
    identity,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_owner,
    make_person,
    make_unit,
)

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def stored_text() -> str:
    """Everything the database holds about people, history too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(p::text, '|') FROM registry_person p)"
            " || coalesce((SELECT string_agg(old_row::text, '|') FROM core_history), '')"
        )
        return cursor.fetchone()[0]


def test_numbers_never_stand_in_clear_in_the_database():
    person = make_person(id_number=NUMBER, phone="13800138000")
    services.person_change(actor=SYSTEM, person=person, phone="13900139000", reason="换号", at=NOW)
    text = stored_text()
    for secret in (NUMBER, NUMBER.encode().hex(), "13800138000", "13900139000"):
        assert secret not in text
    person.refresh_from_db()
    assert (person.id_mask, person.phone_mask) == ("1101************2X", "139****9000")


def test_a_number_is_revealed_with_a_reason_and_a_journal_row(journal_rows):
    person = make_person(id_number=NUMBER, phone="13800138000")
    journal_rows.clear()
    seen = services.person_reveal_identity(
        actor=SYSTEM, person=person, reason="核对产权材料", at=NOW
    )
    assert (seen.id_number, seen.phone) == (NUMBER, "13800138000")
    [row] = journal_rows
    assert row.personal
    assert row.reason == "核对产权材料"
    assert NUMBER not in str(row)
    assert person.name not in row.target_label


@pytest.mark.parametrize("reason", ["", "  ", "看"])
def test_without_a_reason_nothing_is_revealed(reason, journal_rows):
    person = make_person()
    with pytest.raises(InvalidInput):
        services.person_reveal_identity(actor=SYSTEM, person=person, reason=reason, at=NOW)
    assert not any(row.personal for row in journal_rows)


def test_a_clerk_of_another_place_and_one_without_the_right_are_refused():
    here, there = make_committee("和平社区", "云山区"), make_committee("东湖社区", "河东区")
    person = make_owner(make_unit(make_building(make_community("花园", here))))
    for role, place in ((Role.DISTRICT_CLERK, there.district), (Role.INSPECTOR, here.district)):
        with pytest.raises(Refused):
            services.person_reveal_identity(
                actor=make_actor(role, place), person=person, reason="核对产权材料", at=NOW
            )
    services.person_reveal_identity(
        actor=make_actor(Role.DISTRICT_CLERK, here.district),
        person=person,
        reason="核对产权材料",
        at=NOW,
    )


def test_the_same_identity_number_is_one_person():
    make_person(id_number=NUMBER)
    with pytest.raises(Conflict, match="on file"):
        make_person("另一人", id_number="110105 19491231 002x")


@pytest.mark.parametrize(("field", "value"), [("id_number", "110105194912310021"), ("phone", "12")])
def test_a_wrong_number_is_refused_by_its_field(field, value):
    with pytest.raises(InvalidInput) as refused:
        make_person(**{field: value})
    assert list(refused.value.errors) == [field]
    assert not Person.objects.exists()


def test_an_erased_person_can_never_be_read_again():
    person = make_person(id_number=NUMBER)
    key = PersonKey.objects.get(person=person)
    old_cipher = bytes(Person.objects.get(pk=person.pk).id_cipher)
    services.person_erase(actor=SYSTEM, person=person, reason="本人申请", at=NOW)
    with pytest.raises(NotFound):
        services.person_reveal_identity(actor=SYSTEM, person=person, reason="核对产权材料", at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_history WHERE old_row::text LIKE '%%wrapped%%'")
        assert cursor.fetchone() == (0,)
    other = vault.make_data_key()
    with pytest.raises(vault.KeyMissing):
        vault.unseal(other.raw, "id", old_cipher)
    assert key.wrapped


def test_an_erasure_reaches_the_history_and_the_proposals():
    person = make_person("王小明", id_number=NUMBER, phone="13800138000")
    make_committee()
    clerk = make_actor(Role.DESK_CLERK)
    services.change_propose(
        actor=clerk,
        action="person_identity_change",
        target=person,
        after=services.identity_proposal(person, identity()),
        reason="更正",
        at=NOW,
    )
    services.person_change(actor=SYSTEM, person=person, name="王大明", reason="更名", at=NOW)
    services.person_erase(actor=SYSTEM, person=person, reason="本人申请", at=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT old_row ->> 'name', old_row ->> 'id_mask', old_row ->> 'phone_mask',"
            " old_row ->> 'id_hash', old_row ->> 'phone_hash', old_row ->> 'id_cipher'"
            " FROM core_history WHERE table_name = 'registry_person' AND row_id = %s ORDER BY id",
            [person.pk],
        )
        empty = ("", "", None, None, None)
        assert cursor.fetchall() == [("王小明", *empty), ("王大明", *empty)]
        cursor.execute(
            "SELECT old_row -> 'after', old_row -> 'before' FROM core_history"
            " WHERE table_name = 'registry_changerequest'"
        )
        assert {str(value) for row in cursor.fetchall() for value in row} == {"{}"}
    change = ChangeRequest.objects.get()
    assert (change.before, change.after) == ({}, {})


def test_the_history_of_a_person_on_file_is_not_redacted():
    person = make_person(id_number=NUMBER)
    services.person_change(actor=SYSTEM, person=person, name="王大明", reason="更名", at=NOW)
    with (
        pytest.raises(ProgrammingError, match="not erased"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT registry_person_redact(%s)", [person.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT old_row ->> 'id_hash' FROM core_history WHERE row_id = %s"
            " AND table_name = 'registry_person'",
            [person.pk],
        )
        assert cursor.fetchone()[0]


def test_a_value_is_tied_to_its_field_and_its_key():
    key = vault.make_data_key()
    cipher = vault.seal(key.raw, "id", NUMBER)
    assert vault.unseal(vault.open_data_key(key.key_id, key.wrapped), "id", cipher) == NUMBER
    with pytest.raises(vault.KeyMissing):
        vault.unseal(key.raw, "phone", cipher)
    with pytest.raises(vault.KeyMissing):
        vault.unseal(key.raw, "id", cipher[:-1] + bytes([cipher[-1] ^ 1]))
    with pytest.raises(vault.KeyMissing):
        vault.open_data_key("k9", key.wrapped)


def test_the_hash_depends_on_the_pepper(tmp_path, monkeypatch):
    first = vault.search_hash("id", NUMBER)
    assert first == vault.search_hash("id", NUMBER)
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path))
    assert vault.search_hash("id", NUMBER) != first
    assert (tmp_path / "personal-data.json").stat().st_mode & 0o077 == 0


def test_every_person_has_a_key_of_its_own():
    make_person(id_number=identity())
    make_person(id_number=identity())
    assert len(set(PersonKey.objects.values_list("wrapped", flat=True))) == 2
