"""A long list becomes one file: as the post that asked, one snapshot, whatever is killed."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju.access.models import Post
from anju.access.queries import actor_for
from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core.errors import Refused
from anju.exports import making, services
from anju.exports.models import ListExport
from anju.exports.states import ExportState, Reason
from anju.jobs.services import stalled_retry
from anju.notices.models import OutboxMessage
from anju.registry.filters import forget_places
from anju.registry.models import Community, Unit
from anju.ui import exports as files
from anju.ui.lists import list_named
from tests.commits import cloned
from tests.factories import access, registry

ROOT = Path(__file__).resolve().parents[2]
ROWS = 40


@pytest.fixture
def site(django_db_setup, django_db_blocker, settings, tmp_path, monkeypatch):
    """A committed register of two districts, forty homes in one; lists of ten are long."""
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setenv("ANJU_VAR", str(tmp_path))
    default = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "files"},
    }
    settings.STORAGES = settings.STORAGES | {"default": default}
    settings.VAR = tmp_path
    settings.EXPORT_IMMEDIATE_ROWS = 10
    monkeypatch.setattr(making, "NOTE_SECONDS", 0.05)
    with django_db_blocker.unblock():
        clones = cloned("exports")
        next(clones)
        committee = registry.make_committee("和平社区", "云山区")
        away = registry.make_committee("东风社区", "青川区")
        building = registry.make_building(registry.make_community("阳光花园", committee), "3")
        other = registry.make_building(registry.make_community("东风新村", away), "1")
        for number in range(ROWS):
            registry.make_unit(building, f"{number:03d}")
        registry.make_unit(other, "999")
        forget_places()
        yield committee.district
        connection.close()
        next(clones, None)


def signed_in(post: Post) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def post(site):
    return access.make_post(role=Role.DISTRICT_CLERK, area=site)


@pytest.fixture
def clerk(post):
    return signed_in(post)


def ask(client: Client, file_format: str = "csv", where: str = "registry:units") -> ListExport:
    answer = client.post(reverse(where), {"export_all": file_format})
    assert (answer.status_code, answer["Location"]) == (303, "/exports/")
    return ListExport.objects.latest("pk")


def body(client: Client, export: ListExport) -> bytes:
    answer = client.get(reverse("exports:export_fetch", args=[export.pk]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def lines(client: Client, export: ListExport) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(client, export).decode("utf-8-sig"))))


def kept() -> list[str]:
    try:
        return sorted(default_storage.listdir("exports")[1])
    except FileNotFoundError:
        return []


def test_a_short_list_is_saved_at_once_and_a_long_one_written_in_the_background(clerk, settings):
    export = ask(clerk)
    assert (export.rows_total, export.state) == (ROWS, ExportState.WAITING)
    page = clerk.get("/exports/").content.decode()
    assert "等待中" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><p><a class="aj-hit" href="/exports/">' in page
    settings.EXPORT_IMMEDIATE_ROWS = ROWS
    answer = clerk.post(reverse("registry:units"), {"export_all": "csv"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).count(b"\r\n") == ROWS + 1


def test_every_row_ticked_is_a_long_list_too(clerk):
    answer = clerk.post(reverse("registry:units"), {"export": "xlsx", "every": "1"})
    assert answer.status_code == 303


def test_the_file_holds_the_rows_of_the_post_in_the_order_of_the_list(clerk, post):
    where = reverse("registry:units") + "?sort=-number&number=00"
    answer = clerk.post(where, {"export_all": "csv"})
    assert answer.status_code == 200  # ten rows are not long
    export = ask(clerk)
    making.export_make(export.pk)
    found = lines(clerk, export)
    assert len(found) == ROWS + 1
    assert not any("999" in cell for row in found for cell in row)
    export.refresh_from_db()
    assert (export.rows_done, export.state) == (ROWS, ExportState.READY)
    assert export.expires_at - export.finished_at == timedelta(days=7)
    assert OutboxMessage.objects.filter(template="exports.ready").count() == 1
    actions = list(
        AuditEvent.objects.filter(action__startswith="exports.").values_list("action", flat=True)
    )
    assert actions == ["exports.export_ask", "exports.export_fetch"]
    body(clerk, export)
    assert AuditEvent.objects.filter(action="exports.export_fetch").count() == 2
    assert "下载" in clerk.get("/exports/").content.decode()


def test_a_workbook_goes_on_to_further_sheets(clerk, monkeypatch):
    monkeypatch.setattr(files, "SHEET_ROWS", 15)
    export = ask(clerk, "xlsx")
    making.export_make(export.pk)
    book = openpyxl.load_workbook(io.BytesIO(body(clerk, export)))
    assert [sheet.max_row for sheet in book] == [16, 16, 11]
    assert len({tuple(c.value for c in sheet[1]) for sheet in book}) == 1


def test_the_rows_are_one_snapshot_however_long_the_writing_takes(clerk, monkeypatch):
    export = ask(clerk)
    gate, seen = threading.Event(), threading.Event()
    count = making.Watch.count

    def slow(self, rows):
        for number, row in enumerate(count(self, rows)):
            if number == 5:
                seen.set()
                assert gate.wait(20)
            yield row

    monkeypatch.setattr(making.Watch, "count", slow)
    # One row at a time from the server: what it had not sent yet could still change.
    monkeypatch.setattr("anju.ui.listings.CHUNK", 1)

    def work():
        try:
            making.export_make(export.pk)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert seen.wait(20)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('anju.actor', 'test', true)")
        Unit.objects.filter(number="030").update(number="X30")
        Community.objects.filter(name="阳光花园").update(name="改名后")
    gate.set()
    worker.join(20)
    text = body(clerk, export).decode()
    assert "030" in text
    assert "X30" not in text
    assert "改名后" not in text


def test_the_same_list_asked_twice_is_written_once_and_a_fourth_has_to_wait(clerk):
    first = ask(clerk)
    assert ask(clerk) == first
    ask(clerk, "xlsx")
    clerk.post(reverse("registry:units") + "?kind=home", {"export_all": "csv"})
    assert ListExport.objects.count() == 3
    answer = clerk.post(
        reverse("registry:units") + "?kind=home", {"export_all": "xlsx"}, follow=True
    )
    assert "三个导出尚未完成" in answer.content.decode()
    assert ListExport.objects.count() == 3


def test_an_export_belongs_to_the_person_alone(clerk, site):
    export = ask(clerk)
    making.export_make(export.pk)
    stranger = signed_in(access.make_post(role=Role.DISTRICT_CLERK, area=site))
    for name in ("export_fetch", "export_cancel", "export_repeat"):
        method = stranger.get if name == "export_fetch" else stranger.post
        assert method(reverse(f"exports:{name}", args=[export.pk])).status_code == 404
    assert "还没有导出" in stranger.get("/exports/").content.decode()
    assert Client().get(reverse("exports:export_fetch", args=[export.pk])).status_code == 302


def test_a_post_that_ended_before_the_writing_gets_no_file(clerk, post):
    export = ask(clerk)
    end(post)
    making.export_make(export.pk)
    export.refresh_from_db()
    assert (export.state, export.reason) == (ExportState.REFUSED, Reason.POST_ENDED)
    assert kept() == []
    assert OutboxMessage.objects.filter(template="exports.failed").count() == 1
    with pytest.raises(Refused):
        services.export_repeat(
            actor=actor_for(post.user, None, timezone.now()), export=export, at=timezone.now()
        )


def test_a_post_that_ended_after_the_writing_is_refused_and_the_file_goes(clerk, post):
    export = ask(clerk)
    making.export_make(export.pk)
    assert len(kept()) == 1
    end(post)
    answer = clerk.get(reverse("exports:export_fetch", args=[export.pk]))
    assert answer.status_code == 403
    assert "岗位已经结束" in answer.content.decode()
    assert kept() == []
    export.refresh_from_db()
    assert (export.state, export.path) == (ExportState.REFUSED, "")
    refused = AuditEvent.objects.get(action="exports.export_refuse")
    assert refused.result == "refused"


def end(post: Post) -> None:
    today = timezone.localdate()
    Post.objects.filter(pk=post.pk).update(valid_to=today)


def test_a_post_moved_to_another_place_does_not_get_the_old_rows(clerk, post, site):
    export = ask(clerk)
    making.export_make(export.pk)
    elsewhere = registry.make_committee("西河社区", "西河区").district
    Post.objects.filter(pk=post.pk).update(area=elsewhere)
    assert clerk.get(reverse("exports:export_fetch", args=[export.pk])).status_code == 403
    assert kept() == []


def test_a_cancelled_export_stops_and_leaves_nothing(clerk, monkeypatch, tmp_path):
    export = ask(clerk)
    begun = threading.Event()
    count = making.Watch.count

    def endless(self, rows):
        for row in count(self, rows):
            begun.set()
            for _ in range(10**9):
                if self.stopped.is_set():
                    break
                time.sleep(0.01)
            yield row

    monkeypatch.setattr(making.Watch, "count", endless)

    def work():
        try:
            making.export_make(export.pk)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(20)
    at = time.monotonic()
    assert clerk.post(reverse("exports:export_cancel", args=[export.pk])).status_code == 303
    worker.join(20)
    assert time.monotonic() - at < 5
    export.refresh_from_db()
    assert export.state == ExportState.CANCELLED
    assert kept() == []
    assert list((tmp_path / "exporting").iterdir()) == []
    assert clerk.post(reverse("exports:export_cancel", args=[export.pk])).status_code == 403
    assert clerk.get(reverse("exports:export_fetch", args=[export.pk])).status_code == 403
    monkeypatch.setattr(making.Watch, "count", count)
    clerk.post(reverse("exports:export_repeat", args=[export.pk]))
    making.export_make(export.pk)
    assert len(lines(clerk, export)) == ROWS + 1


def test_a_sort_that_takes_long_is_ended_by_a_cancellation(clerk, monkeypatch):
    export = ask(clerk)

    def sleeping(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        return iter(())

    monkeypatch.setattr("anju.ui.listings.Listing.file_rows", sleeping)
    stop = threading.Timer(
        0.5, lambda: (ListExport.objects.update(state="cancelled"), connection.close())
    )
    stop.start()
    at = time.monotonic()
    making.export_make(export.pk)
    assert time.monotonic() - at < 10
    stop.join()


def test_what_breaks_is_told_and_written_again(clerk, monkeypatch):
    export = ask(clerk)
    with monkeypatch.context() as broken:
        broken.setattr(making, "csv_write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            making.export_make(export.pk)
    export.refresh_from_db()
    assert (export.state, export.reason) == (ExportState.FAILED, Reason.BROKEN)
    assert "写文件时出错" in clerk.get("/exports/").content.decode()
    assert clerk.post(reverse("exports:export_repeat", args=[export.pk])).status_code == 303
    making.export_make(export.pk)
    assert len(lines(clerk, export)) == ROWS + 1
    assert len(kept()) == 1


def test_a_file_is_removed_when_its_time_is_over(clerk):
    export = ask(clerk)
    making.export_make(export.pk)
    export.refresh_from_db()
    assert services.exports_settle(at=export.expires_at - timedelta(seconds=1)) == 0
    assert len(kept()) == 1
    assert services.exports_settle(at=export.expires_at) == 1
    assert kept() == []
    export.refresh_from_db()
    assert (export.state, export.path) == (ExportState.EXPIRED, "")
    assert clerk.get(reverse("exports:export_fetch", args=[export.pk])).status_code == 403


def test_an_export_whose_job_was_given_up_is_told_as_failed(clerk):
    export = ask(clerk)
    services.export_begin(actor=making.SYSTEM, export_id=export.pk, at=timezone.now())
    default_storage.save(f"exports/{export.pk}-1", io.BytesIO(b"half"))
    assert services.exports_settle(at=timezone.now()) == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [export.job_id]
        )
    assert services.exports_settle(at=timezone.now()) == 1
    export.refresh_from_db()
    assert (export.state, export.reason) == (ExportState.FAILED, Reason.GIVEN_UP)
    assert kept() == []


def test_a_worker_that_was_overtaken_keeps_nothing(clerk):
    """A worker taken for dead that lives on finds another attempt begun, and drops its file."""
    export = ask(clerk)
    real = services.export_finish

    def overtaken(**given):
        services.export_begin(actor=making.SYSTEM, export_id=export.pk, at=timezone.now())
        return real(**given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "export_finish", overtaken)
        making.export_make(export.pk)
    assert kept() == []
    making.export_make(export.pk)
    assert kept() == [f"{export.pk}-3"]


def worker(*, slow: bool) -> subprocess.Popen[bytes]:
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/"
    code = "import django; django.setup(); from anju.exports import making; import time;"
    if slow:
        code += (
            "real = making.Watch.count;"
            "making.Watch.count = lambda s, r: ((time.sleep(1), x)[1] for x in real(s, r));"
        )
    code += "from django.core.management import call_command; call_command('work', '--once')"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": "src:.",
            "DJANGO_SETTINGS_MODULE": "anju.config.settings",
            "DATABASE_URL": url.replace(":@", "@") + str(given["NAME"]),
        },
        stderr=subprocess.DEVNULL,
    )


def test_a_killed_worker_leaves_the_job_to_the_next_and_there_is_one_file(clerk, tmp_path):
    export = ask(clerk)
    first = worker(slow=True)
    limit = time.monotonic() + 60
    while not list((tmp_path / "exporting").glob("*/file")) and time.monotonic() < limit:
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    export.refresh_from_db()
    assert export.state == ExportState.RUNNING
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'")
    assert export.job_id in stalled_retry(at=timezone.now())
    assert worker(slow=False).wait(timeout=90) == 0
    export.refresh_from_db()
    assert (export.state, export.attempt, export.rows_done) == (ExportState.READY, 2, ROWS)
    assert kept() == [f"{export.pk}-2"]
    assert list((tmp_path / "exporting").iterdir()) == []
    assert len(lines(clerk, export)) == ROWS + 1


def test_a_list_with_personal_data_says_so_in_the_audit(clerk, monkeypatch):
    declared, _rule = list_named("registry.units")
    monkeypatch.setattr(type(declared), "personal", True)
    export = ask(clerk)
    making.export_make(export.pk)
    body(clerk, export)
    told = AuditEvent.objects.filter(action__startswith="exports.")
    assert list(told.values_list("personal", flat=True)) == [True, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "ready", "rows_done": 5},
        {"state": "ready", "path": "exports/1-1", "rows_done": 4},
        {"state": "failed"},
        {"state": "refused"},
    ],
)
def test_the_database_takes_no_ready_export_without_its_whole_file(db, wrong):
    user = access.make_user()
    now = timezone.now()
    given = {"finished_at": now, "expires_at": now, "asked_at": now, "rows_total": 5}
    with pytest.raises(IntegrityError), transaction.atomic():
        ListExport.objects.create(user=user, list_name="x", title="x", **(given | wrong))
