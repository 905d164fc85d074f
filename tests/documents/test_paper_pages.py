"""Papers on the desk, and the public verification page."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju.access.queries import actor_for
from anju.access.states import Role
from anju.documents import queries, services
from anju.documents.demo import demo_bulletin
from anju.documents.models import Paper
from tests.factories.access import make_organisation, make_post
from tests.factories.reference import make_city

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def places():
    return make_city()


@pytest.fixture
def bureau(places):
    return make_organisation(name="云州市住房和城乡建设局", area=places["city"])


def client_at(role: Role, organisation, **fields) -> Client:
    client = Client()
    client.cookies["anju_language"] = "en"
    client.force_login(make_post(role=role, organisation=organisation, **fields).user)
    return client


@pytest.fixture
def paper(places, bureau) -> Paper:
    post = make_post(role=Role.DESK_SIGNER, organisation=bureau)
    return services.paper_issue(
        actor=actor_for(post.user, post, timezone.now()),
        kind=services.BULLETIN,
        issuer=bureau,
        area=places["district_a"],
        content=demo_bulletin(bureau.name),
        at=timezone.now(),
    )


def test_a_clerk_issues_an_extract_and_downloads_what_was_stored(places, bureau) -> None:
    clerk = client_at(Role.DESK_CLERK, bureau)
    address = reverse("documents:extract_issue", args=["area", places["district_a"].pk])
    assert "河湾区" in clerk.get(address).text
    done = clerk.post(address, {"language": "zh-hans"})
    assert done.status_code == 303
    issued = Paper.objects.get()
    page = clerk.get(done["Location"])
    assert issued.number in page.text
    for file in issued.files.all():
        assert file.sha256 in page.text
        got = clerk.get(reverse("documents:paper_download", args=[issued.pk, file.format]))
        assert hashlib.sha256(got.content).hexdigest() == file.sha256
        assert got.headers["Content-Disposition"].startswith("attachment")
    missing = reverse("documents:extract_issue", args=["area", 0])
    assert clerk.post(missing, {"language": "zh-hans"}).status_code == 404
    assert clerk.post(address, {"language": "xx"}).status_code == 422
    assert Paper.objects.count() == 1


def test_a_paper_of_another_district_is_not_found(paper, places) -> None:
    office = make_organisation(kind="district", area=places["district_b"])
    stranger = client_at(Role.DISTRICT_CLERK, office, area=places["district_b"])
    for name, args in (
        ("paper_detail", [paper.pk]),
        ("paper_withdraw", [paper.pk]),
        ("paper_download", [paper.pk, "pdf"]),
    ):
        assert stranger.get(reverse(f"documents:{name}", args=args)).status_code == 404
    assert paper.number not in stranger.get(reverse("documents:paper_list")).text
    refused = stranger.post(reverse("documents:paper_withdraw", args=[paper.pk]), {"reason": "x"})
    assert refused.status_code == 404
    paper.refresh_from_db()
    assert paper.state == "issued"


def test_the_list_finds_by_number_and_code(paper, bureau) -> None:
    clerk = client_at(Role.DESK_CLERK, bureau)
    for words in (paper.number, "物业管理考评", paper.verification_code.lower()):
        page = clerk.get(reverse("documents:paper_list"), {"q": words})
        assert paper.number in page.text, words
    assert paper.number not in clerk.get(reverse("documents:paper_list"), {"q": "无此"}).text


def test_a_signer_withdraws_a_paper_and_the_public_reads_why(paper, bureau, client) -> None:
    signer = client_at(Role.DESK_SIGNER, bureau)
    address = reverse("documents:paper_withdraw", args=[paper.pk])
    assert signer.post(address, {"reason": ""}).status_code == 422
    assert signer.post(address, {"reason": "表内数字有误"}).status_code == 303
    page = client.get(reverse("documents:verify", args=[paper.verification_code]))
    assert "表内数字有误" in page.text
    assert signer.post(address, {"reason": "again"}).status_code == 403


def test_anybody_verifies_a_paper_and_compares_its_file(paper, client) -> None:
    address = reverse("documents:verify", args=[paper.verification_code])
    page = client.get(address)
    assert page.status_code == 200
    assert paper.number in page.text
    assert paper.files.get(format="pdf").sha256 in page.text
    data = queries.stored_bytes(paper.files.get(format="pdf"))
    same = client.post(address, {"file": SimpleUploadedFile("a.pdf", data)})
    assert 'data-tone="good"' in same.text
    tampered = bytearray(data)
    tampered[1000] ^= 1
    other = client.post(address, {"file": SimpleUploadedFile("a.pdf", bytes(tampered))})
    assert 'role="alert"' in other.text
    assert hashlib.sha256(tampered).hexdigest() in other.text
    assert client.post(address, {"file": SimpleUploadedFile("a.pdf", b"")}).status_code == 422
    assert client.post(address).status_code == 422


def test_a_code_is_typed_in(paper, client) -> None:
    start = reverse("documents:verify_start")
    found = client.get(start, {"code": f" {paper.verification_code.lower()} "})
    assert found.status_code == 302
    assert client.get(start, {"code": "0000"}).status_code == 422
    assert client.get(start, {"code": ""}).status_code == 422
    assert client.get(start).status_code == 200
    assert client.get(reverse("documents:verify", args=["0" * 16])).status_code == 404
    assert client.get(reverse("documents:verify", args=["%00'\"<"])).status_code == 404
