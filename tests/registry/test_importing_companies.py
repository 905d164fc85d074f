"""A file of companies: credit codes checked, previewed, imported, safe to repeat."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Refused
from anju.registry import queries, services
from anju.registry.models import Company, FieldProvenance
from anju.registry.sheets import LAYOUTS, template_xlsx
from tests.factories.registry import NOW, make_actor, make_committee, make_company, uscc

pytestmark = pytest.mark.django_db
HEAD = "统一社会信用代码,企业名称,企业类型,注册地,外地企业,注册地址,法定代表人,公开电话\n"
ONE, TWO = uscc(7001), uscc(7002)


def bring(text, actor=SYSTEM):
    content = text if isinstance(text, bytes) else (HEAD + text).encode()
    return services.import_preview(
        actor=actor, file_name="companies.csv", content=content, source="市场监管部门名录",
        as_of=date(2026, 5, 1), kind="companies", at=NOW,
    )  # fmt: skip


def counts(batch):
    return batch.created, batch.changed, batch.unchanged, batch.refused


def problems(batch):
    with translation.override("en"):
        return dict(queries.refused_lines(batch))


def test_companies_come_in_and_the_same_file_changes_nothing(journal_rows):
    place = make_committee().district
    text = (
        f"{ONE.lower()},云城甲物业有限公司,,{place.name},否,和平路8号,王小明,0516-83120001\n"
        f"{TWO},江城乙置业有限公司,开发商,,是,,,\n"
    )
    batch = bring(text)
    assert counts(batch) == (2, 0, 0, 0)
    assert not Company.objects.exists()
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    first, second = Company.objects.get(code=ONE), Company.objects.get(code=TWO)
    assert (first.kind, first.registered_area, first.legal_representative, first.phone) == (
        "property", place, "王小明", "0516-83120001",
    )  # fmt: skip
    assert (second.kind, second.is_out_of_town) == ("developer", True)
    origin = queries.origins(first)["legal_representative"]
    assert (origin.source, origin.value) == ("市场监管部门名录", "王小明")
    noted, written = FieldProvenance.objects.count(), len(journal_rows)
    assert counts(services.import_apply(actor=SYSTEM, batch=bring(text), at=NOW)) == (0, 0, 2, 0)
    assert FieldProvenance.objects.count() == noted
    assert [entry.action for entry in journal_rows[written:]] == [
        "registry.import_preview",
        "registry.import_apply",
    ]


def test_facts_change_and_empty_cells_keep(journal_rows):
    company = make_company("云城甲物业有限公司", code=ONE, phone="0516-83120001")
    batch = bring(f"{ONE},云城甲物业有限公司,,,,,李小红,\n")
    assert counts(batch) == (0, 1, 0, 0)
    services.import_apply(actor=SYSTEM, batch=batch, at=NOW)
    company.refresh_from_db()
    assert (company.legal_representative, company.phone) == ("李小红", "0516-83120001")
    changed = next(e for e in journal_rows if e.action == "registry.company_change")
    assert changed.changes == {"legal_representative": ["", "李小红"]}


def test_every_bad_row_is_named_with_row_column_and_what_to_do():
    make_company("云城甲物业有限公司", code=ONE)
    wrong = TWO[:17] + ("0" if TWO[17] != "0" else "1")
    rows = [
        (",乙公司,,,,,,", "Unified social credit code: Please fill in"),
        (f"{wrong},乙公司,,,,,,", "check its 18 characters"),
        (f"{uscc(7003)},,,,,,,", "Company: Please fill in"),
        (f"{uscc(7004)},乙公司,飞船,,,,,", "“飞船” is not a kind of company"),
        (f"{uscc(7005)},乙公司,,乌有区,,,,", "“乌有区” is not a place"),
        (f"{uscc(7006)},乙公司,,,也许,,,", "says neither yes nor no"),
        (f"{uscc(7007)},乙公司,,,,,,12", "not a telephone number"),
        (f"{ONE},丙公司,,,,,,", "on file as “云城甲物业有限公司”"),
        (f"{ONE},云城甲物业有限公司,,,,,,", "stands in row 9"),
    ]
    batch = bring("".join(f"{line}\n" for line, _words in rows))
    assert counts(batch) == (0, 0, 0, len(rows))
    lines = problems(batch)
    for number, (_line, words) in enumerate(rows, start=2):
        assert lines[number][0].startswith(f"Row {number}, ")
        assert words in lines[number][0]
    other = bring(f"{ONE},云城甲物业有限公司,开发商,,,,,\n")
    assert "another kind of company" in problems(other)[2][0]


def test_who_may_not_change_companies_imports_none():
    place = make_committee()
    with pytest.raises(Refused):
        bring("", actor=make_actor(Role.SUBDISTRICT_CLERK, place.subdistrict, organisation_id=7))
    clerk = make_actor(Role.DISTRICT_CLERK, place.district, organisation_id=7)
    other = make_committee("东湖社区", "河东区")
    batch = bring(f"{ONE},甲公司,,{place.code},,,,\n{TWO},乙公司,,{other.code},,,,\n", actor=clerk)
    assert counts(batch) == (1, 0, 0, 1)
    assert "outside the place of your post" in problems(batch)[3][0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_the_encodings_people_use_are_read(encoding):
    assert counts(bring(f"{HEAD}{ONE},甲公司,,,,,,\n".encode(encoding))) == (1, 0, 0, 0)


def test_the_template_is_read_back_in_both_languages():
    for language in ("en", "zh-hans"):
        with translation.override(language):
            content = template_xlsx(LAYOUTS["companies"])
        assert bring(content).rows == 0
