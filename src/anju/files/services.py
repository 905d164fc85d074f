"""Keeping files and giving them out."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.transactions import service

from .inspection import inspect
from .models import StoredFile
from .purposes import PURPOSES
from .rules import LIMITS, MIB
from .scanning import scan

STORED = journal.declare("files.file_store", _("Attached a file"))
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
    known.may_add(actor, owner).require()
    most = known.limit or max(LIMITS[kind] for kind in known.kinds)
    sent = upload.read(most + 1)
    if len(sent) > most:
        words = _("The file is too large: at most %(most)s MB.") % {"most": most // MIB}
        raise InvalidInput({field: [words]})
    name = upload.name or ""
    found = inspect(name=name, data=sent, kinds=known.kinds, field=field, limit=known.limit)
    scan_state, virus = scan(sent)
    if virus:
        raise InvalidInput({field: [_("The file carries a virus and was not kept.")]})
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
    # The bytes first: a row without its bytes would be worse than bytes without a row.
    if not default_storage.exists(file.path):
        default_storage.save(file.path, ContentFile(found.data))
    file.save()
    journal.record(
        actor=actor, action=STORED, at=at, target=owner, changes={"sha256": [None, file.sha256]}
    )
    return file


@service
def file_open_record(*, actor: Actor, file: StoredFile, at: datetime) -> None:
    """Log that a file with personal data was opened."""
    journal.record(actor=actor, action=OPENED, at=at, target=file, personal=True)
