"""Writing audit rows, sealing them in blocks and anchoring the head."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Refused
from anju.core.journal import Entry
from anju.core.time import legal_day
from anju.core.transactions import service

from . import policies
from .audit_verify import GENESIS, block_hash
from .models import AuditAnchor, AuditBlock
from .sealing import LOCK, next_place, stamp, unsealed

ANCHORED = journal.declare("audit.head_anchor", _("Anchored the head of the audit"))
PARTITIONED = journal.declare("audit.partitions_make", _("Made the partitions of coming months"))

ALGORITHM = "sha256"

_INSERT = """
INSERT INTO audit_event (at, actor_kind, role, user_id, post_id, organisation_id, action,
    target_type, target_id, target_label, reason, changes, personal, result,
    district_id, subdistrict_id, committee_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def entry_write(*, entry: Entry) -> None:
    """Write one audit row in the current transaction, with one INSERT. It is sealed later."""
    actor = entry.actor
    changes: Any = Jsonb(_plain(entry.changes))
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                entry.at,
                str(actor.kind),
                actor.role,
                actor.user_id,
                actor.post_id,
                actor.organisation_id,
                entry.action,
                entry.target_type,
                entry.target_id,
                entry.target_label,
                entry.reason,
                changes,
                entry.personal,
                entry.result,
                entry.district_id,
                entry.subdistrict_id,
                entry.committee_id,
            ],
        )


def _plain(value: object) -> object:
    """JSON-able form; what JSON has no word for is written as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value).replace("\x00", "")


def rows_seal(*, at: datetime) -> AuditBlock | None:
    """Chain the rows committed since the last block into a new one; None when there are none.

    Only one sealer works at a time; a second one leaves at once. A row whose transaction is
    still running goes into the block after its commit.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = AuditBlock.objects.order_by("-number").first()
        era, before, closed = next_place(last)
        snapshot, rows = unsealed(before, era, closed=closed)
        if not rows:
            return None
        number = last.number + 1 if last is not None else 1
        previous = bytes(last.hash) if last is not None else GENESIS
        ids = [row[0] for row in rows]
        hashes = b"".join(row[1] for row in rows)
        return AuditBlock.objects.create(
            number=number,
            era=era,
            algorithm=ALGORITHM,
            sealed_at=at,
            snapshot=snapshot,
            first_id=min(ids),
            last_id=max(ids),
            row_count=len(ids),
            oldest_at=min(row[2] for row in rows),
            row_ids=ids,
            row_hashes=hashes,
            previous_hash=previous,
            hash=block_hash(
                number=number,
                era=era,
                algorithm=ALGORITHM,
                sealed_at=stamp(at),
                snapshot=snapshot,
                row_ids=ids,
                previous=previous,
                row_hashes=hashes,
            ),
        )


def anchors_file() -> Path:
    """Where heads are written down outside the database."""
    default = Path(settings.VAR) / "anchors" / "anchors.tsv"
    return Path(os.environ.get("ANJU_ANCHORS", str(default)))


@service
def head_anchor(*, actor: Actor, at: datetime) -> AuditAnchor | None:
    """Write the newest block's hash into the anchors file, and to those who keep it on paper.

    Returns None when nothing was sealed since the last anchor.

    Raises:
        Refused: the actor may not anchor, or the file cannot be written.
    """
    policies.may_anchor(actor).require()
    head = AuditBlock.objects.order_by("-number").first()
    if head is None or AuditAnchor.objects.filter(block_number=head.number).exists():
        return None
    path = anchors_file()
    text = bytes(head.hash).hex()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{legal_day(at).isoformat()}\t{head.number}\t{text}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Refused(_("The anchors file cannot be written: check its folder.")) from error
    anchor = AuditAnchor.objects.create(
        block_number=head.number, block_hash=text, anchored_at=at, place=path.name
    )
    journal.record(actor=actor, action=ANCHORED, at=at, target=anchor)
    to = os.environ.get("ANJU_ANCHOR_MAIL", "")
    if to:
        _anchor_mail(to, anchor)
    return anchor


def _anchor_mail(to: str, anchor: AuditAnchor) -> None:
    """Send an anchor to the address that keeps it."""
    from anju.core.ports import MESSENGER

    MESSENGER.get()(
        channel="mail",
        to=to,
        template="audit.anchor",
        values={
            "day": legal_day(anchor.anchored_at).isoformat(),
            "block": anchor.block_number,
            "hash": anchor.block_hash,
        },
    )


def partitions_make(*, actor: Actor, at: datetime, months: int = 13) -> int:
    """Make the partitions of this and the next twelve months, of audit and history.

    Returns how many were missing.
    """
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("core_history", "audit_event"):
            cursor.execute(
                "SELECT core_make_partitions(%s, %s, %s)", [table, legal_day(at), months]
            )
            made += cursor.fetchone()[0]
    if made:
        journal.record(actor=actor, action=PARTITIONED, at=at, changes={"made": [0, made]})
    return made
