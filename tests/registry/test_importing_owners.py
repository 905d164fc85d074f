"""A file of owners with shares: first owners recorded, changes proposed, numbers never in clear."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from anju.access.states import Role
from anju.core.errors import InvalidInput, Refused
from anju.registry import queries, services, vault
from anju.registry.models import ChangeRequest, ImportBatch, ImportRow, Ownership, Person
from anju.registry.services.people import person_by_number
from anju.registry.sheets import LAYOUTS, template_xlsx
from tests.factories.registry import (
    LONG_AGO,
    NOW,
    identity,
    make_actor,
    make_building,
    make_committee,
    make_community,
    make_company,
    make_owner,
    make_person,
    make_unit,
)

pytestmark = pytest.mark.django_db
HEAD = "小区编码,幢号,单元,房号,业主姓名,证件类型,证件号码,手机号,份额分子,份额分母,起始日期\n"
FIRST, SECOND, THIRD = identity(101), identity(102), identity(103)


@pytest.fixture
def house():
    return make_building(make_community(code="YG001"), "3", stairwells=("1", "2"))


@pytest.fixture
def clerk(house):
    return make_actor(Role.DISTRICT_CLERK, house.area.district, organisation_id=7)


def bring(text, actor, name="owners.csv"):
    content = text if isinstance(text, bytes) else (HEAD + text).encode()
    return services.import_preview(
        actor=actor, file_name=name, content=content, source="不动产登记中心",
        as_of=date(2026, 5, 1), kind="owners", at=NOW,
    )  # fmt: skip


def applied(text, actor):
    return services.import_apply(actor=actor, batch=bring(text, actor), at=NOW)


def counts(batch):
    return batch.created, batch.changed, batch.unchanged, batch.refused


def problems(batch):
    with translation.override("en"):
        return dict(queries.refused_lines(batch))


def held(unit):
    rows = Ownership.objects.filter(unit=unit).order_by("person__name")
    return [(row.owner.name, row.share_num, row.share_den) for row in rows]


def test_owners_come_in_with_their_shares_and_the_same_file_changes_nothing(
    house, clerk, journal_rows
):
    one, two = make_unit(house, "101"), make_unit(house, "102")
    text = (
        f"YG001,3幢,1单元,101室,王小明,,{FIRST},13800138001,1,2,2018-06-01\n"
        f"YG001,3,1,101,李小红,身份证,{SECOND},,2,4,2018/6/1\n"
        f"YG001,3,1,102,王小明,,{FIRST.lower()},13800138001,,,2019年2月3日\n"
    )
    batch = bring(text, clerk)
    assert counts(batch) == (3, 0, 0, 0)
    assert not Person.objects.exists()
    services.import_apply(actor=clerk, batch=batch, at=NOW)
    assert held(one) == [("李小红", 1, 2), ("王小明", 1, 2)]
    assert held(two) == [("王小明", 1, 1)]
    assert two.ownerships.get().period.lower == date(2019, 2, 3)
    person = Person.objects.get(name="王小明")
    assert person_by_number("resident", FIRST) == person
    revealed = services.person_reveal_identity(
        actor=clerk, person=person, reason="核对名单", at=NOW
    )
    assert (revealed.id_number, revealed.phone) == (FIRST, "13800138001")
    assert queries.origins(one)["holders"].source == "不动产登记中心"
    assert queries.origins(person)["name"].value == "王小明"
    actions = [entry.action for entry in journal_rows]
    assert actions.count("registry.person_register") == 2
    assert actions.count("registry.ownership_record") == 2
    assert counts(applied(text, clerk)) == (0, 0, 3, 0)
    assert (Person.objects.count(), Ownership.objects.count()) == (2, 3)
    assert not ChangeRequest.objects.exists()


def test_a_changed_owner_is_proposed_and_a_second_person_decides(house, clerk):
    unit = make_unit(house, "101")
    make_owner(unit, make_person("王小明", id_number=FIRST))
    text = f"YG001,3,1,101,李小红,,{SECOND},,,,2026-03-01\n"
    batch = bring(text, clerk)
    assert counts(batch) == (0, 1, 0, 0)
    services.import_apply(actor=clerk, batch=batch, at=NOW)
    assert held(unit) == [("王小明", 1, 1)]
    change = ChangeRequest.objects.get()
    assert change.proposed_by_id == clerk.user_id
    assert counts(applied(text, clerk)) == (0, 0, 1, 0)
    assert ChangeRequest.objects.count() == 1
    other = bring(f"YG001,3,1,101,赵小兰,,{THIRD},,,,2026-03-01\n", clerk)
    assert "waits for review" in problems(other)[2][0]
    second = make_actor(Role.DISTRICT_CLERK, house.area.district, organisation_id=7)
    services.change_approve(actor=second, change=change, at=NOW)
    now = Ownership.objects.on(date(2026, 6, 1)).get(unit=unit)
    assert now.person.name == "李小红"
    assert counts(applied(text, clerk)) == (0, 0, 1, 0)


def test_shares_add_to_one_with_the_owners_on_file_who_stay(house, clerk):
    unit = make_unit(house, "101")
    people = [make_person(n, id_number=i) for n, i in (("王小明", FIRST), ("李小红", SECOND))]
    services.ownership_record(
        actor=clerk, unit=unit, on_day=LONG_AGO, source="register", at=NOW,
        holders=[services.Holder(person=p, num=1, den=2) for p in people],
    )  # fmt: skip
    same = bring(f"YG001,3,1,101,王小明,,{FIRST},,1,2,2015-01-01\n", clerk)
    assert counts(same) == (0, 0, 1, 0)
    less = bring(f"YG001,3,1,101,王小明,,{FIRST},,1,3,2026-01-01\n", clerk)
    assert "add to 1/3, not to one" in problems(less)[2][0]
    early = bring(f"YG001,3,1,101,王小明,,{FIRST},,,,2014-01-01\n", clerk)
    assert "begin on 2015-01-01" in problems(early)[2][0]


def test_a_company_owns_by_its_credit_code(house, clerk):
    unit = make_unit(house, "101")
    company = make_company("云城绿野置业有限公司", "developer")
    line = "YG001,3,1,101,{},,{},,,,2020-01-01\n"
    assert counts(applied(line.format(company.name, company.code), clerk)) == (1, 0, 0, 0)
    assert unit.ownerships.get().company_id == company.pk
    company.code = "91320300MA1ABCDE5X"
    bad = problems(bring(line.format("乌有公司", make_company().code), clerk))
    assert "under another name" in bad[2][0]


BAD = [
    ("XX,3,1,101,王小明,,{a},,,,2018-06-01", "not a community within your place"),
    ("YG001,9,1,101,王小明,,{a},,,,2018-06-01", "Building “9” is not on file"),
    ("YG001,3,9,101,王小明,,{a},,,,2018-06-01", "Stairwell “9” is not on file"),
    ("YG001,3,1,999,王小明,,{a},,,,2018-06-01", "“999” is not on file in this building"),
    ("YG001,3,1,101,,,{a},,,,2018-06-01", "Owner: Please fill in"),
    ("YG001,3,1,101,王小明,,,,,,2018-06-01", "Identity number: Please fill in"),
    ("YG001,3,1,101,王小明,,{wrong},,,,2018-06-01", "check every digit"),
    ("YG001,3,1,101,王小明,学生证,{a},,,,2018-06-01", "“学生证” is not a kind of paper"),
    ("YG001,3,1,101,王小明,,{a},12345678,,,2018-06-01", "not a telephone number"),
    ("YG001,3,1,101,王小明,,{a},,3,2,2018-06-01", "whole numbers"),
    ("YG001,3,1,101,王小明,,{a},,1,2,2018-06-01", "add to 1/2, not to one"),
    ("YG001,3,1,101,王小明,,{a},,,,2018-02-30", "“2018-02-30” is not a day"),
    ("YG001,3,1,101,王小明,,{a},,,,2027-01-01", "must not lie in the future"),
    ("YG001,3,1,101,王小亮,,{b},,,,2018-06-01", "on file under another name"),
]


@pytest.mark.parametrize(("line", "words"), BAD)
def test_every_bad_row_is_named_and_shows_no_number(house, clerk, line, words, journal_rows):
    make_unit(house, "101")
    make_person("李小红", id_number=SECOND)
    wrong = FIRST[:17] + ("0" if FIRST[17] != "0" else "1")
    batch = bring(line.format(a=FIRST, b=SECOND, wrong=wrong) + "\n", clerk)
    assert counts(batch) == (0, 0, 0, 1)
    (sentence,) = problems(batch)[2]
    assert sentence.startswith("Row 2, ")
    assert words in sentence
    kept = json.dumps(list(ImportRow.objects.values_list("problems", flat=True)))
    noted = repr(journal_rows)
    for number in (FIRST, SECOND, wrong, "12345678"):
        assert number not in kept
        assert number not in noted


def test_the_rows_of_a_home_are_taken_together_or_not_at_all(house, clerk):
    make_unit(house, "101")
    make_unit(house, "102")
    text = (
        f"YG001,3,1,101,王小明,,{FIRST},,,,2018-06-01\n"
        f"YG001,3,1,101,李小红,,{SECOND[:-1]},,1,2,2018-06-01\n"
        f"YG001,3,1,102,王小明,,{FIRST},,1,2,2018-06-01\n"
        f"YG001,3,1,102,王小明,,{FIRST},,1,2,2018-06-01\n"
    )
    batch = bring(text, clerk)
    lines = problems(batch)
    assert counts(batch) == (0, 0, 0, 4)
    assert "Row 3 is of the same home" in lines[2][0]
    assert "Row 5 is of the same home" in lines[4][0]
    assert "stands in row 4" in lines[5][0]
    services.import_apply(actor=clerk, batch=batch, at=NOW)
    assert not Ownership.objects.exists()
    assert Person.objects.count() == 0


def test_a_clerk_of_another_place_brings_no_owner_here(house):
    unit = make_unit(house, "101")
    other = make_committee("东湖社区", "河东区")
    text = f"YG001,3,1,101,王小明,,{FIRST},,,,2018-06-01\n"
    stranger = make_actor(Role.SUBDISTRICT_CLERK, other.subdistrict, organisation_id=8)
    assert counts(bring(text, stranger)) == (0, 0, 0, 1)
    mine = make_actor(Role.SUBDISTRICT_CLERK, house.area.subdistrict, organisation_id=7)
    assert counts(applied(text, mine)) == (1, 0, 0, 0)
    assert held(unit) == [("王小明", 1, 1)]
    assert Person.objects.get().registered_in_id == house.area.subdistrict_id
    reader = make_actor(Role.COMMITTEE_CLERK, house.area, organisation_id=7)
    with pytest.raises(Refused):
        bring(text, reader)


def test_the_waiting_file_is_sealed_and_gone_after_the_import(house, clerk):
    make_unit(house, "101")
    text = f"YG001,3,1,101,王小明,,{FIRST},13800138001,,,2018-06-01\n"
    batch = bring(text, clerk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM registry_importbatch")
        stored = bytes(cursor.fetchone()[0])
    assert FIRST.encode() not in stored
    assert "王小明".encode() not in stored
    assert vault.open_file(stored) == (HEAD + text).encode()
    with pytest.raises(vault.KeyMissing):
        vault.open_file(stored[:-1] + bytes([stored[-1] ^ 1]))
    services.import_apply(actor=clerk, batch=batch, at=NOW)
    assert bytes(ImportBatch.objects.get().content) == b""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_the_encodings_people_use_are_read(house, clerk, encoding):
    make_unit(house, "101")
    text = f"{HEAD}YG001,3,1,101,王小明,,{FIRST},,,,2018-06-01\n"
    assert counts(bring(text.encode(encoding), clerk))[0] == 1


def test_the_template_is_read_back_and_a_foreign_table_refused(house, clerk):
    for language in ("en", "zh-hans"):
        with translation.override(language):
            content = template_xlsx(LAYOUTS["owners"])
        assert bring(content, clerk, "template.xlsx").rows == 0
    with pytest.raises(InvalidInput, match="lacks"):
        bring(b"a,b\n1,2\n", clerk)
