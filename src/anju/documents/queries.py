"""Reads of papers."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.errors import Conflict
from anju.core.text import clean

from .models import Paper, PaperFile
from .rules.numbers import code_read, digest


def papers(actor: Actor) -> QuerySet[Paper]:
    """Papers the actor may see, the newest first."""
    rows = Paper.objects.visible_to(actor).select_related("kind", "issuer", "area")
    return rows.order_by("-issued_at", "-id")


def papers_found(
    actor: Actor, *, words: str = "", kind: str = "", state: str = "", year: int | None = None
) -> QuerySet[Paper]:
    """Papers by part of number, title or subject, by kind, state and year."""
    rows = papers(actor)
    if words := clean(words):
        rows = rows.filter(
            Q(number__icontains=words)
            | Q(title__icontains=words)
            | Q(subject_label__icontains=words)
            | Q(verification_code=code_read(words) or "-")
        )
    if kind:
        rows = rows.filter(kind__code=kind)
    if state:
        rows = rows.filter(state=state)
    return rows.filter(year=year) if year else rows


def papers_of(actor: Actor, *, subject_type: str, subject_id: int) -> QuerySet[Paper]:
    """Papers about one object, for its detail page; ``subject_type`` is ``app.model``."""
    return papers(actor).filter(subject_type=subject_type, subject_id=str(subject_id))


def paper_by_code(code: str) -> Paper | None:
    """The paper of a verification code, for anybody who holds it."""
    spelt = code_read(code)
    if not spelt:
        return None
    rows = Paper.objects.filter(verification_code=spelt)
    return rows.select_related("issuer").prefetch_related("files").first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Whether given bytes are those of a paper; ``file`` is the file they equal."""

    file: PaperFile | None
    sha256: str
    size: int


def compare(paper: Paper, data: bytes) -> Comparison:
    """Compare given bytes with every stored file of the paper."""
    found = digest(data)
    same = next((row for row in paper.files.all() if row.sha256 == found), None)
    return Comparison(file=same, sha256=found, size=len(data))


def stored_bytes(file: PaperFile) -> bytes:
    """The bytes as they were issued.

    Raises:
        Conflict: the store lost or changed them.
    """
    try:
        with default_storage.open(file.path) as stored:
            data: bytes = stored.read()
    except OSError as error:
        raise Conflict(_("The stored file is missing. Tell the operators.")) from error
    if digest(data) != file.sha256:
        raise Conflict(_("The stored file is not the one that was issued. Tell the operators."))
    return data
