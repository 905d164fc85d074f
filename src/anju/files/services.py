"""Keeping files and giving them out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput, NotFound
from anju.core.text import clean
from anju.core.transactions import service

from . import policies
from .inspection import VIRUS, inspect
from .models import StoredFile
from .purposes import PURPOSES
from .rules import LIMITS, MIB, MOST_OF_ONE, safe_name
from .scanning import has_scanner, scan
from .states import ScanState

STORED = journal.declare("files.file_store", _("Attached a file"))
TAKEN_BACK = journal.declare("files.file_take_back", _("Took a file back"))
INFECTED = journal.declare("files.file_infect", _("Found a virus in a file"))
OPENED = journal.declare("files.file_open", _("Opened a file with personal data"))


@service
def file_store(
    *,
    actor: Actor,
    upload: UploadedFile,
    purpose: str,
    owner: Model,
    at: datetime,
    field: str = "file",
) -> StoredFile:
    """Inspect a file, keep it and attach it to its owner.

    Raises:
        KeyError: the purpose was never declared.
        ValueError: the purpose is for another kind of owner.
        Refused: the actor may not add files to the owner.
        InvalidInput: the file is not taken; the sentence says why.
    """
    known = PURPOSES[purpose]
    if owner._meta.label_lower != known.owner:
        raise ValueError(f"{purpose} attaches to {known.owner}")
    owner = type(owner)._default_manager.select_for_update(of=("self",)).get(pk=owner.pk)
    known.may_add(actor, owner).require()
    if StoredFile.objects.of(owner).kept().count() >= MOST_OF_ONE:
        full = _("At most %(most)s files are attached to one thing. Take some back first.")
        raise InvalidInput({field: [full % {"most": MOST_OF_ONE}]})
    most = known.limit or max(LIMITS[kind] for kind in known.kinds)
    sent = upload.read(most + 1)
    if len(sent) > most:
        words = _("The file is too large: at most %(most)s MB.") % {"most": most // MIB}
        raise InvalidInput({field: [words]})
    name = upload.name or ""
    found = inspect(name=name, data=sent, kinds=known.kinds, field=field, limit=known.limit)
    scan_state, virus = scan(sent)
    if virus:
        raise InvalidInput({field: [VIRUS]})
    file = StoredFile(
        sha256=hashlib.sha256(found.data).hexdigest(),
        sent_sha256=hashlib.sha256(sent).hexdigest(),
        size=len(found.data),
        name=found.name,
        kind=found.kind,
        media_type=found.media_type,
        width=found.width,
        height=found.height,
        purpose=purpose,
        owner_type=known.owner,
        owner_id=owner.pk,
        scan_state=scan_state,
        uploaded_by_id=actor.user_id,
        created_at=at,
    )
    _hash_lock(file.sha256)
    # The bytes first: a row without its bytes would be worse than bytes without a row.
    if not default_storage.exists(file.path):
        default_storage.save(file.path, ContentFile(found.data))
    file.save()
    journal.record(
        actor=actor, action=STORED, at=at, target=owner, changes={"sha256": [None, file.sha256]}
    )
    return file


@service
def files_store(
    *,
    actor: Actor,
    uploads: Sequence[UploadedFile],
    purpose: str,
    owner: Model,
    at: datetime,
    field: str = "uploads",
) -> list[StoredFile]:
    """Attach several files, or none of them.

    Raises:
        Refused: the actor may not add files to the owner.
        InvalidInput: every file that is not taken, by its name, and what to do.
    """
    stored, wrong = [], []
    for upload in uploads:
        try:
            stored.append(
                file_store(
                    actor=actor, upload=upload, purpose=purpose, owner=owner, at=at, field=field
                )
            )
        except InvalidInput as error:
            name = safe_name(clean(upload.name or "")[:1000])
            wrong.append(_("%(file)s: %(sentence)s") % {"file": name[:60], "sentence": error})
    if wrong:
        raise InvalidInput({field: wrong})
    return stored


@service
def file_take_back(*, actor: Actor, file: StoredFile, at: datetime) -> StoredFile:
    """Take a file back while nothing was decided on it; its bytes go within a day.

    Raises:
        NotFound: what it was attached to is gone.
        Refused: it belongs to a decision, or the actor may not.
    """
    owner = (
        apps.get_model(file.owner_type)
        ._default_manager.select_for_update(of=("self",))
        .filter(pk=file.owner_id)
        .first()
    )
    if owner is None:
        raise NotFound(_("What the file was attached to does not exist any more."))
    file = StoredFile.objects.select_for_update().get(pk=file.pk)
    policies.may_take_back(actor, file, owner).require()
    file.taken_back_at, file.taken_back_by_id = at, actor.user_id
    file.save(update_fields=["taken_back_at", "taken_back_by_id"])
    journal.record(
        actor=actor,
        action=TAKEN_BACK,
        at=at,
        target=owner,
        changes={"sha256": [file.sha256, None]},
    )
    return file


@service
def files_freeze(*, actor: Actor, owner: Model, at: datetime) -> int:
    """Keep the files of a thing with the decision just made on it; called by the deciding service.

    Returns how many files are kept from now on; the database lets none of them go.
    """
    loose = StoredFile.objects.of(owner).kept().filter(frozen_at__isnull=True)
    return loose.update(frozen_at=at)


@service
def files_scan(*, actor: Actor, at: datetime, most: int = 50) -> int:
    """Scan files that no scanner has seen yet; an infected one is never given out again.

    Returns how many were scanned.
    """
    if not has_scanner():
        return 0
    done = 0
    loose = StoredFile.objects.kept().filter(scan_state=ScanState.UNSCANNED)
    for file in loose.select_for_update(skip_locked=True).order_by("pk")[:most]:
        with default_storage.open(file.path) as body:
            file.scan_state, virus = scan(body.read())
        file.save(update_fields=["scan_state"])
        done += file.scan_state != ScanState.UNSCANNED
        if virus:
            journal.record(actor=actor, action=INFECTED, at=at, target=file, reason=virus[:200])
    return done


def bytes_clear(*, at: datetime) -> int:
    """Remove the bytes of files taken back, unless another file has the same; returns how many."""
    gone = 0
    taken = StoredFile.objects.filter(taken_back_at__lt=at - timedelta(hours=1))
    for sha256 in taken.order_by().values_list("sha256", flat=True).distinct():
        with transaction.atomic():
            _hash_lock(sha256)
            path = StoredFile(sha256=sha256).path
            if not StoredFile.objects.kept().filter(sha256=sha256).exists() and (
                default_storage.exists(path)
            ):
                default_storage.delete(path)
                gone += 1
    return gone


def _hash_lock(sha256: str) -> None:
    # Who keeps these bytes and who removes them come one after the other.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])


@service
def file_open_record(*, actor: Actor, file: StoredFile, at: datetime) -> None:
    """Log that a file with personal data was opened."""
    journal.record(actor=actor, action=OPENED, at=at, target=file, personal=True)
