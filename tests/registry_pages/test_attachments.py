"""Files attached on the pages of the register and of contracts: all or none, until the decision."""

from __future__ import annotations

import hashlib
import re
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.decisions import Allowed
from anju.core.errors import Refused
from anju.files import scanning, services
from anju.files.models import StoredFile
from anju.files.purposes import PURPOSES, declare
from anju.files.states import ScanState
from anju.registry.models import ChangeRequest, Community
from anju.registry.purposes import EVIDENCE, PHOTOS
from tests.factories import access
from tests.files.test_uploads import PDF, REFUSED, picture


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    default = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = settings.STORAGES | {"default": default}


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.fixture
def clerk(city, signed_in):
    return signed_in(Role.DISTRICT_CLERK, area=city.district)


@pytest.fixture
def reviewer(city, signed_in):
    return signed_in(Role.DISTRICT_CLERK, area=city.district)


RENAME = {"name": "阳光新苑", "on_day": "2026-11-01", "reason": "地名办批复"}


@pytest.fixture
def change(city, clerk):
    where = reverse("registry:community_rename", args=[city.community.pk])
    files = [upload("批复.pdf", PDF), upload("门牌.jpg", picture())]
    assert clerk.post(where, {**RENAME, "evidence": files}).status_code == 303
    return ChangeRequest.objects.get()


def page_of(client: Client, change: ChangeRequest) -> str:
    return client.get(reverse("registry:change", args=[change.pk])).content.decode()


def test_evidence_is_sent_with_the_proposal_and_listed_for_the_reviewer(change, clerk, reviewer):
    page = page_of(reviewer, change)
    for file in StoredFile.objects.of(change):
        assert file.name in page
        assert file.sha256 in page
        assert reverse("files:file_open", args=[file.pk]) in page
    assert "未查毒" in page or "未扫描" in page
    assert clerk.post_held.user.full_name in page
    body = reviewer.get(reverse("files:file_open", args=[StoredFile.objects.get(kind="pdf").pk]))
    assert b"".join(body.streaming_content) == PDF


def test_one_bad_file_and_nothing_is_proposed(city, clerk):
    where = reverse("registry:community_rename", args=[city.community.pk])
    files = [upload("批复.pdf", PDF), upload("坏.pdf", b"MZ"), upload("b.exe", b"MZ")]
    answer = clerk.post(where, {**RENAME, "evidence": files})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "坏.pdf：" in page
    assert "b.exe：" in page
    assert "批复.pdf：" not in page
    assert not ChangeRequest.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_form_takes_several_files_and_a_camera(city, clerk, change):
    form = clerk.get(reverse("registry:community_rename", args=[city.community.pk]))
    field = form.content.decode()
    found = re.search(r'<input type="file"[^>]*name="evidence"[^>]*>', field)
    assert found is not None
    assert 'accept="image/jpeg,image/png' in found[0]
    assert " multiple" in found[0]
    more = clerk.get(reverse("files:attach", args=[change.pk, EVIDENCE])).content.decode()
    assert 'capture="environment"' in more


def attach(client: Client, change: ChangeRequest, *files: SimpleUploadedFile, **more):
    where = reverse("files:attach", args=[change.pk, EVIDENCE])
    return client.post(where, {"uploads": list(files), **more})


def test_more_is_attached_and_taken_back_until_the_decision(change, clerk, reviewer):
    assert attach(clerk, change, photo=upload("camera.jpg", picture())).status_code == 303
    file = StoredFile.objects.latest("pk")
    back = reverse("files:file_take_back", args=[file.pk])
    assert reviewer.post(back).status_code == 403  # another's evidence
    assert clerk.post(back).status_code == 303
    assert "camera.jpg" not in page_of(clerk, change)
    assert clerk.get(reverse("files:file_open", args=[file.pk])).status_code == 404
    reviewer.post(
        reverse("registry:change", args=[change.pk]), {"do": "approve", "note": "材料齐全"}
    )
    kept = StoredFile.objects.of(change).kept()
    assert kept.count() == kept.filter(frozen_at__isnull=False).count() == 2
    page = page_of(clerk, change)
    assert "已据此文件作出决定" in page
    assert "变更已有决定" in page
    for one in kept:
        answer = clerk.post(reverse("files:file_take_back", args=[one.pk]))
        assert answer.status_code == 403
        assert "已据此文件作出决定" in answer.content.decode()
    assert attach(clerk, change, upload("late.pdf", PDF)).status_code == 403
    assert StoredFile.objects.of(change).kept().count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "0" * 64},
        {"name": "other.pdf"},
        {"owner_id": 1},
        {"frozen_at": None},
        {"taken_back_at": timezone.now()},
    ],
)
def test_the_database_keeps_evidence_with_its_decision(change, reviewer, wrong):
    reviewer.post(reverse("registry:change", args=[change.pk]), {"do": "refuse", "note": "不规范"})
    files = StoredFile.objects.of(change)
    with pytest.raises(IntegrityError), transaction.atomic():
        files.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        files.delete()


def test_outside_the_place_there_is_no_file(city, change, signed_in):
    stranger = signed_in(Role.DISTRICT_CLERK, area=city.other_district)
    company = signed_in(Role.PROJECT_MANAGER)
    file = StoredFile.objects.first()
    for client in (stranger, company):
        assert client.get(reverse("files:file_open", args=[file.pk])).status_code == 404
        assert client.post(reverse("files:file_take_back", args=[file.pk])).status_code == 404
        assert attach(client, change, upload("a.pdf", PDF)).status_code == 404
    assert Client().get(reverse("files:file_open", args=[file.pk])).status_code == 302
    inside = signed_in(Role.INSPECTOR, area=city.district)  # sees the place, not changes
    assert inside.get(reverse("files:file_open", args=[file.pk])).status_code == 404
    assert attach(stranger, change).status_code == 404
    where = reverse("files:attach", args=[change.pk, "registry.nothing"])
    assert stranger.get(where).status_code == 404


def test_an_infected_file_is_never_given_out(change, clerk, monkeypatch):
    monkeypatch.setenv("ANJU_SCANNER", "tests.registry_pages.test_attachments:finds")
    assert services.files_scan(actor=SYSTEM, at=timezone.now()) == 2
    bad = StoredFile.objects.get(scan_state=ScanState.INFECTED)
    answer = clerk.get(reverse("files:file_open", args=[bad.pk]))
    assert answer.status_code == 403
    assert "病毒" in answer.content.decode()
    page = page_of(clerk, change)
    assert "带有病毒" in page
    assert reverse("files:file_open", args=[bad.pk]) + '"' not in page
    good = StoredFile.objects.get(scan_state=ScanState.CLEAN)
    assert clerk.get(reverse("files:file_open", args=[good.pk])).status_code == 200
    answer = attach(clerk, change, upload("virus.pdf", PDF))
    assert answer.status_code == 422
    assert "virus.pdf：" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=bad.pk).update(scan_state=ScanState.CLEAN)


def finds(data: bytes) -> str:
    return "Test.Virus" if data.startswith(b"%PDF") else ""


def away(data: bytes) -> str:
    raise ConnectionError("no scanner here")


def test_a_scanner_that_is_away_stops_no_work(change, clerk, monkeypatch):
    monkeypatch.setenv("ANJU_SCANNER", "tests.registry_pages.test_attachments:away")
    assert scanning.scan(b"x") == (ScanState.UNSCANNED, "")
    assert attach(clerk, change, upload("new.pdf", PDF)).status_code == 303
    assert services.files_scan(actor=SYSTEM, at=timezone.now()) == 0


def test_bytes_taken_back_go_unless_another_file_has_them(change, clerk):
    attach(clerk, change, upload("own.jpg", picture(size=(9, 9))), upload("copy.pdf", PDF))
    own, copy = StoredFile.objects.order_by("-pk")[1], StoredFile.objects.order_by("-pk")[0]
    for file in (own, copy):
        clerk.post(reverse("files:file_take_back", args=[file.pk]))
    later = timezone.now() + timezone.timedelta(hours=2)
    assert services.bytes_clear(at=later) == 1
    assert not default_storage.exists(own.path)
    assert default_storage.exists(copy.path)


def test_the_owner_of_the_file_may_be_decided_while_it_is_sent(change, clerk):
    """The row is read again under its lock: a stale object does not let evidence in."""
    stale = ChangeRequest.objects.get(pk=change.pk)
    ChangeRequest.objects.filter(pk=change.pk).update(state="withdrawn")
    actor = access.actor_for(clerk.post_held.user, clerk.post_held, timezone.now())
    with pytest.raises(Refused):
        services.file_store(
            actor=actor, upload=upload("a.pdf", PDF), purpose=EVIDENCE, owner=stale,
            at=timezone.now(),
        )  # fmt: skip


@pytest.fixture
def everything(city):
    declare(
        "files.page_test",
        label="Everything",
        owner="registry.community",
        kinds={"image", "pdf", "sheet", "document", "text", "archive"},
        may_add=lambda actor, owner: Allowed(),
        page="registry:community",
    )
    yield reverse("files:attach", args=[city.community.pk, "files.page_test"])
    del PURPOSES["files.page_test"]


def test_every_hostile_file_is_refused_by_the_page_with_its_name(everything, clerk):
    assert len(REFUSED) >= 60
    told = 0
    for kind, (name, data) in REFUSED.items():
        answer = clerk.post(everything, {"uploads": [upload(name, data)]})
        page = answer.content.decode()
        assert answer.status_code == 422, kind
        assert "请" in page, kind
        told += "：" in page
        assert "<script>alert" not in page, kind
    assert told > len(REFUSED) * 0.9
    assert not StoredFile.objects.exists()


def test_a_page_names_every_bad_file_of_twenty_and_takes_no_more(everything, clerk):
    many = [upload(f"f{n}.exe", b"MZ") for n in range(20)]
    page = clerk.post(everything, {"uploads": many}).content.decode()
    assert all(f"f{n}.exe：" in page for n in range(20))
    answer = clerk.post(everything, {"uploads": [upload(f"{n}.pdf", PDF) for n in range(21)]})
    assert answer.status_code == 422
    assert "一次最多上传20个文件" in answer.content.decode()
    assert clerk.post(everything, {}).status_code == 422
    assert not StoredFile.objects.exists()


def test_photographs_of_a_community_show_for_its_readers_and_papers_do_not(city, clerk, signed_in):
    where = reverse("files:attach", args=[city.community.pk, PHOTOS])
    assert clerk.post(where, {"uploads": [upload("东门.jpg", picture())]}).status_code == 303
    file = StoredFile.objects.get()
    inspector = signed_in(Role.INSPECTOR, area=city.district)
    page = inspector.get(reverse("registry:community", args=[city.community.pk])).content.decode()
    assert "东门.jpg" in page
    assert "小区资料" not in page
    assert where not in page
    assert inspector.get(where).status_code == 403
    shown = inspector.get(reverse("files:file_open", args=[file.pk]))
    assert shown["Content-Disposition"].startswith("inline")
    Community.objects.filter(pk=city.community.pk).update(
        state="closed", closed_on=date(2026, 11, 1)
    )
    assert clerk.get(where).status_code == 403


def test_a_contract_comes_with_its_signed_copy_until_it_is_filed(city, clerk, signed_in):
    terms = {
        "number": "HT-77", "kind": "pre_stage", "management_area": city.area.pk,
        "company": city.company.pk, "client_name": "云城置业", "grade": "3",
        "signed_on": "2026-01-01", "starts_on": "2026-02-01", "ends_on": "2028-01-31",
        "fee_home": "1.80", "copies": [upload("合同.pdf", PDF)],
    }  # fmt: skip
    assert clerk.post(reverse("contracts:contract_create"), terms).status_code == 302
    file = StoredFile.objects.get()
    page = reverse("contracts:contract_detail", args=[file.owner_id])
    assert "合同.pdf" in clerk.get(page).content.decode()
    clerk.post(reverse("contracts:contract_submit", args=[file.owner_id]))
    back = reverse("files:file_take_back", args=[file.pk])
    assert "合同已提交" in clerk.post(back).content.decode()
    confirmer = signed_in(Role.DESK_CONFIRMER)
    confirmer.post(
        reverse("contracts:contract_file", args=[file.owner_id]), {"filing_number": "BA-77"}
    )
    file.refresh_from_db()
    assert file.frozen_at is not None
    assert "已据此文件作出决定" in clerk.post(back).content.decode()
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert date(2026, 1, 1) < file.created_at.date()
