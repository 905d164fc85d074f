"""Every change of an export."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.core import journal
from anju.core.actors import SYSTEM, Actor
from anju.core.decisions import Decision, Denied
from anju.core.errors import InvalidInput
from anju.core.ports import MESSENGER
from anju.core.transactions import service

from . import policies
from .models import ListExport
from .states import ACTIVE, REFUSALS, ExportState, Reason

ASKED = journal.declare("exports.export_ask", _("Asked for a list as a file"))
CANCELLED = journal.declare("exports.export_cancel", _("Cancelled an export"))
REPEATED = journal.declare("exports.export_repeat", _("Had an export written again"))
FETCHED = journal.declare("exports.export_fetch", _("Downloaded an exported list"))
REFUSED = journal.declare("exports.export_refuse", _("Was refused an exported list"))


@service
def export_ask(
    *,
    actor: Actor,
    listed: str,
    title: str,
    query: str,
    file_format: str,
    rows: int,
    personal: bool,
    language: str,
    at: datetime,
) -> ListExport:
    """Put a long list in the queue; the same list asked twice is written once.

    Raises:
        Refused: nobody is signed in, or too many wait already.
        InvalidInput: the conditions are too long.
    """
    if len(query) > 1000:
        raise InvalidInput({"export": [_("These conditions are too long. Use fewer of them.")]})
    if actor.user_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=actor.user_id)  # counts one by one
    own = ListExport.objects.visible_to(actor).active()
    same = own.filter(
        post=actor.post_id, list_name=listed, query=query, file_format=file_format
    ).first()
    if same is not None:
        return same
    policies.may_ask(actor, active=own.count()).require()
    export = ListExport.objects.create(
        user_id=actor.user_id,  # type: ignore[misc]
        post_id=actor.post_id,
        scope=policies.scope_of(actor),
        list_name=listed,
        title=title[:120],
        query=query,
        file_format=file_format,
        language=language[:8],
        personal=personal,
        rows_total=rows,
        asked_at=at,
    )
    _queue(export)
    journal.record(
        actor=actor, action=ASKED, at=at, target=export, changes=_told(export), personal=personal
    )
    return export


def _told(export: ListExport) -> dict[str, object]:
    return {
        "list": export.list_name,
        "rows": export.rows_total,
        "format": export.file_format,
        "query": export.query[:500],
    }


def _queue(export: ListExport) -> None:
    from anju.jobs.queue import defer

    from .tasks import export_write

    export.job_id = defer(export_write, export_id=export.pk)
    export.save(update_fields=["job_id"])


def _locked(export: ListExport) -> ListExport:
    return ListExport.objects.select_for_update().get(pk=export.pk)


@service
def export_cancel(*, actor: Actor, export: ListExport, at: datetime) -> ListExport:
    """Stop an export; a worker that writes it ends within seconds and leaves nothing behind.

    Raises:
        Refused: it is finished.
    """
    export = _locked(export)
    policies.may_cancel(export).require()
    export.state, export.finished_at = ExportState.CANCELLED, at
    export.save(update_fields=["state", "finished_at"])
    journal.record(actor=actor, action=CANCELLED, at=at, target=export)
    return export


@service
def export_repeat(*, actor: Actor, export: ListExport, at: datetime) -> ListExport:
    """Have an export written again, with the rows of then, by whoever still holds its post.

    Raises:
        Refused: it is not over, the post no longer reaches the rows, or too many wait.
    """
    User.objects.select_for_update(no_key=True).get(pk=export.user_id)
    export = _locked(export)
    policies.may_repeat(export).require()
    own = ListExport.objects.visible_to(actor).active()
    policies.may_ask(actor, active=own.count()).require()
    _post_actor, reason = policies.standing(export, at=at)
    if reason is not None:
        Denied(reason.label).require()
    same = own.filter(
        post=export.post,
        list_name=export.list_name,
        query=export.query,
        file_format=export.file_format,
    )
    if same.exists():
        Denied(_("The same export is being written already.")).require()
    export.state, export.reason = ExportState.WAITING, ""
    export.rows_done, export.size = 0, 0
    export.path = export.sha256 = ""  # a file left there goes when the next attempt begins
    export.begun_at = export.finished_at = export.expires_at = None
    export.asked_at = at
    export.save()
    _queue(export)
    journal.record(
        actor=actor,
        action=REPEATED,
        at=at,
        target=export,
        changes=_told(export),
        personal=export.personal,
    )
    return export


@service
def export_fetch(*, actor: Actor, export: ListExport, at: datetime) -> Decision:
    """Record a download, or refuse it and remove the file when the post no longer reaches it.

    A refusal is returned, not raised: the removal must be kept.
    """
    export = _locked(export)
    may = policies.may_fetch(export)
    if not may:
        return may
    _post_actor, reason = policies.standing(export, at=at)
    if reason is not None:
        export.state, export.reason = ExportState.REFUSED, reason
        export.save(update_fields=["state", "reason"])
        journal.record(
            actor=actor,
            action=REFUSED,
            at=at,
            target=export,
            reason=reason.value,
            changes=_told(export),
            result="refused",
        )
        transaction.on_commit(lambda: file_drop(export.pk))
        return Denied(reason.label)
    journal.record(
        actor=actor,
        action=FETCHED,
        at=at,
        target=export,
        changes=_told(export) | {"sha256": export.sha256},
        personal=export.personal,
    )
    return may


# What a worker does. Only the last attempt of an export that still runs changes anything.


@service
def export_begin(*, actor: Actor, export_id: int, at: datetime) -> ListExport | None:
    """Take an export up; None when it was cancelled or is done."""
    export = ListExport.objects.select_for_update().filter(pk=export_id, state__in=ACTIVE).first()
    if export is None:
        return None
    export.state = ExportState.RUNNING
    export.attempt += 1
    export.rows_done, export.begun_at = 0, at
    export.save(update_fields=["state", "attempt", "rows_done", "begun_at"])
    return export


def progress_note(*, export_id: int, attempt: int, rows: int, total: int) -> bool:
    """Write how far an attempt is; False when it has to stop."""
    running = ListExport.objects.filter(
        pk=export_id, attempt=attempt, state=ExportState.RUNNING
    ).update(rows_done=rows, rows_total=max(rows, total))
    return bool(running)


@service
def export_finish(
    *,
    actor: Actor,
    export_id: int,
    attempt: int,
    path: str,
    size: int,
    sha256: str,
    rows: int,
    at: datetime,
) -> bool:
    """Make a written file the export's one file and tell the person; False when too late."""
    export = (
        ListExport.objects.select_for_update()
        .filter(pk=export_id, attempt=attempt, state=ExportState.RUNNING)
        .first()
    )
    if export is None:
        return False
    export.state, export.finished_at = ExportState.READY, at
    export.expires_at = at + timedelta(days=settings.EXPORT_DAYS)
    export.path, export.size, export.sha256 = path, size, sha256
    export.rows_done = export.rows_total = rows
    export.save()
    _tell(export, "exports.ready")
    return True


@service
def export_end(*, actor: Actor, export_id: int, attempt: int, reason: Reason, at: datetime) -> bool:
    """End an attempt without a file and tell the person why; False when it is not the last one."""
    export = (
        ListExport.objects.select_for_update()
        .filter(pk=export_id, attempt=attempt, state__in=ACTIVE)
        .first()
    )
    if export is None:
        return False
    refused = reason in REFUSALS
    export.state = ExportState.REFUSED if refused else ExportState.FAILED
    export.reason, export.finished_at = reason, at
    export.save(update_fields=["state", "reason", "finished_at"])
    if refused:
        journal.record(
            actor=actor, action=REFUSED, at=at, target=export, reason=reason.value, result="refused"
        )
    _tell(export, "exports.failed")
    return True


def _tell(export: ListExport, template: str) -> None:
    MESSENGER.get()(
        channel="inapp",
        to=str(export.user_id),
        template=template,
        values={"title": export.title, "rows": f"{export.rows_done:,}", "link": "/exports/"},
        language=export.language,
    )


def exports_settle(*, at: datetime) -> int:
    """Remove files whose time is over, and end exports whose job was given up.

    Returns how many exports it changed.
    """
    over = ListExport.objects.filter(state=ExportState.READY, expires_at__lte=at)
    changed = over.update(state=ExportState.EXPIRED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.attempt FROM exports_listexport e"
            " LEFT JOIN procrastinate_jobs j ON j.id = e.job_id"
            " WHERE e.state IN ('waiting', 'running')"
            " AND (j.id IS NULL OR j.status NOT IN ('todo', 'doing'))"
        )
        lost = cursor.fetchall()
    for export_id, attempt in lost:
        changed += export_end(
            actor=SYSTEM, export_id=export_id, attempt=attempt, reason=Reason.GIVEN_UP, at=at
        )
        attempt_drop(export_id=export_id, attempt=attempt)
    left = ListExport.objects.exclude(path="").exclude(state=ExportState.READY)
    for export_id in left.values_list("pk", flat=True):
        file_drop(export_id)
    return changed


def file_drop(export_id: int) -> None:
    """Remove the file of an export that is not ready (any more); the row keeps what it was.

    The row forgets the path last, so that a file outlives no failure here.
    """
    with transaction.atomic():
        export = ListExport.objects.select_for_update().filter(pk=export_id).first()
        if export is None or export.state == ExportState.READY or not export.path:
            return
        default_storage.delete(export.path)
        export.path = ""
        export.save(update_fields=["path"])


def attempt_drop(*, export_id: int, attempt: int) -> None:
    """Remove what attempts up to this one may have stored before their worker was killed."""
    for number in range(1, attempt + 1):
        path = ListExport(pk=export_id, attempt=number).storage_path
        if not ListExport.objects.filter(path=path).exists():
            default_storage.delete(path)
