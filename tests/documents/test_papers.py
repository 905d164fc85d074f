"""A paper is issued, verified, withdrawn and replaced."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest
import zxingcpp
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone
from docx import Document
from PIL import Image

from anju.access.models import Organisation
from anju.core.errors import Conflict, InvalidInput, NotFound, Refused
from anju.documents import queries, services
from anju.documents.demo import demo_bulletin
from anju.documents.models import Paper, PaperFile, PaperSequence
from anju.documents.printing import pdf_pictures
from anju.documents.rules.content import Content, Facts, Text
from tests.factories.reference import make_actor, make_city

pytestmark = pytest.mark.django_db
ISSUE, WITHDRAW = "documents:paper_issue", "documents:paper_withdraw"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def bureau():
    area = make_city()["city"]
    return Organisation.objects.create(
        kind="bureau", name="云州市住房和城乡建设局", sort_key="", area=area
    )


def issue(bureau, content=None, **more) -> Paper:
    values = {
        "actor": make_actor(ISSUE, organisation_id=bureau.pk),
        "kind": services.BULLETIN,
        "issuer": bureau,
        "area": bureau.area,
        "content": content or demo_bulletin(bureau.name),
        "at": timezone.now(),
    }
    return services.paper_issue(**(values | more))


def bytes_of(paper: Paper, file_format: str) -> bytes:
    return queries.stored_bytes(paper.files.get(format=file_format))


def test_the_pdf_read_by_another_tool_holds_the_words(bureau, journal_rows) -> None:
    paper = issue(bureau)
    reader = pypdf.PdfReader(BytesIO(bytes_of(paper, "pdf")))
    words = "".join("".join(page.extract_text() for page in reader.pages).split())
    for part in (
        "云州市住房和城乡建设局",
        paper.number,
        "关于2026年10月全市物业管理考评情况的通报",
        "楼道堆物、飞线充电",
        "1/1",
    ):
        assert part in words
    assert journal_rows[-1].action == "documents.paper_issue"


def test_the_word_file_holds_the_same_values(bureau, journal_rows) -> None:
    paper = issue(bureau)
    document = Document(BytesIO(bytes_of(paper, "docx")))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert any(paper.number in line for line in lines)
    assert paper.title in lines
    assert "一、县区排名" in lines
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells][1] == "县区"
    assert [cell.text for cell in table.rows[1].cells][:3] == ["1", "河湾区", "91.4"]
    assert [cell.text for cell in table.rows[-1].cells][1:3] == ["全市", "87.4"]
    assert not any("{" in line for line in lines)


def test_the_qr_code_opens_the_verification_page(bureau, journal_rows, settings) -> None:
    paper = issue(bureau)
    picture = Image.open(BytesIO(pdf_pictures(paper.values, template="bulletin")[0]))
    found = [code.text for code in zxingcpp.read_barcodes(picture)]
    assert found == [f"{settings.SITE_URL}/verify/{paper.verification_code}/"]


def test_a_character_no_font_holds_is_refused_by_name(bureau, journal_rows) -> None:
    content = Content(
        head="",
        title="证明",
        blocks=(Text(text="无误"), Facts(rows=(("姓名", "张\U0001f984三"), ("性别", "女")))),
    )
    with pytest.raises(InvalidInput) as refused:
        issue(bureau, content)
    assert list(refused.value.errors) == ["blocks.2.rows.1.2"]
    sentence = str(refused.value)
    assert "\U0001f984" in sentence
    assert "U+1F984" in sentence
    assert "张\U0001f984三" in sentence
    assert not Paper.objects.exists()
    assert not PaperSequence.objects.exists()


def test_numbers_follow_without_a_gap_after_a_failure(bureau, journal_rows, monkeypatch) -> None:
    first = issue(bureau)
    with monkeypatch.context() as patch:
        patch.setattr(services, "word_bytes", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            issue(bureau)
    second = issue(bureau)
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.number == f"房物通〔{second.year}〕2号"


def test_two_organisations_never_share_a_number(bureau, journal_rows) -> None:
    other = Organisation.objects.create(
        kind="district",
        name="河湾区住建局",
        sort_key="",
        area=bureau.area.children.get(name="河湾区"),
    )
    first, second = issue(bureau), issue(other)
    assert first.sequence == second.sequence == 1
    assert first.number != second.number
    assert second.district.name == "河湾区"


def test_a_changed_byte_is_seen(bureau, journal_rows) -> None:
    paper = issue(bureau)
    data = bytes_of(paper, "pdf")
    same = queries.compare(paper, data)
    assert same.file is not None
    assert same.file.format == "pdf"
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    assert queries.compare(paper, bytes(changed)).file is None


def test_a_stored_file_that_changed_is_not_served(bureau, journal_rows) -> None:
    paper = issue(bureau)
    file = paper.files.get(format="pdf")
    with open(default_storage.path(file.path), "r+b") as stored:
        stored.seek(100)
        stored.write(b"X")
    with pytest.raises(Conflict):
        queries.stored_bytes(file)
    default_storage.delete(file.path)
    with pytest.raises(Conflict):
        queries.stored_bytes(file)


def test_the_database_keeps_an_issued_paper(bureau, journal_rows) -> None:
    paper = issue(bureau)
    changes = [
        lambda: Paper.objects.filter(pk=paper.pk).update(title="x"),
        lambda: Paper.objects.filter(pk=paper.pk).update(number="x"),
        lambda: Paper.objects.filter(pk=paper.pk).delete(),
        lambda: PaperFile.objects.filter(paper=paper).update(sha256="0" * 64),
        lambda: PaperFile.objects.filter(paper=paper).delete(),
        lambda: PaperSequence.objects.update(last=5),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    paper.refresh_from_db()
    assert paper.title.startswith("关于2026年10月")


def test_a_paper_is_withdrawn_with_a_reason_once(bureau, journal_rows) -> None:
    paper = issue(bureau)
    actor = make_actor(WITHDRAW, organisation_id=bureau.pk)
    with pytest.raises(InvalidInput):
        services.paper_withdraw(actor=actor, paper=paper, reason=" ", at=timezone.now())
    withdrawn = services.paper_withdraw(
        actor=actor, paper=paper, reason="表内数字有误", at=timezone.now()
    )
    assert withdrawn.state == "withdrawn"
    assert journal_rows[-1].reason == "表内数字有误"
    with pytest.raises(Refused):
        services.paper_withdraw(actor=actor, paper=paper, reason="again", at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(state="issued")
    assert queries.compare(paper, bytes_of(paper, "pdf")).file is not None


def test_only_the_issuer_withdraws_and_issues(bureau, journal_rows) -> None:
    paper = issue(bureau)
    stranger = make_actor(WITHDRAW, ISSUE, organisation_id=bureau.pk + 1)
    with pytest.raises(Refused):
        services.paper_withdraw(actor=stranger, paper=paper, reason="x", at=timezone.now())
    with pytest.raises(Refused):
        issue(bureau, actor=stranger)
    with pytest.raises(Refused):
        issue(bureau, actor=make_actor(organisation_id=bureau.pk))
    assert Paper.objects.count() == 1


def test_a_paper_is_replaced_by_another(bureau, journal_rows) -> None:
    old = issue(bureau)
    new = issue(bureau, supersedes=old)
    old.refresh_from_db()
    assert old.state == "superseded"
    assert old.superseded_by == new
    with pytest.raises(Conflict):
        issue(bureau, supersedes=old)


def test_an_extract_of_an_area_is_issued_in_english_too(bureau, journal_rows) -> None:
    area = bureau.area.children.get(name="河湾区")
    actor = make_actor(ISSUE, organisation_id=bureau.pk)
    values = {"actor": actor, "issuer": bureau, "at": timezone.now(), "provider_name": "area"}
    paper = services.extract_issue(key=area.pk, language="en", **values)
    assert paper.subject_label == "河湾区"
    assert paper.subject_type == "reference.area"
    assert paper.district == area
    assert paper.language == "en"
    with pytest.raises(NotFound):
        services.extract_issue(key=0, **values)
    with pytest.raises(NotFound):
        services.extract_issue(key=area.pk, **(values | {"provider_name": "ghost"}))


@pytest.mark.parametrize("typed", ["{}", "{} ", "{}".lower(), "-{}-"])
def test_a_code_is_read_as_people_type_it(bureau, journal_rows, typed) -> None:
    paper = issue(bureau)
    code = paper.verification_code
    spelt = " ".join(code[i : i + 4] for i in range(0, 16, 4)).lower()
    for written in (typed.format(code), typed.format(spelt)):
        assert queries.paper_by_code(written) == paper
    assert queries.paper_by_code("0" * 16) is None
    assert queries.paper_by_code("x") is None
