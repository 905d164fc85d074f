"""Issue and withdraw papers."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.access.models import Organisation
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import clean
from anju.core.time import SHANGHAI, legal_day
from anju.core.transactions import service
from anju.reference.models import Area

from . import policies
from .extracts import Extract, provider
from .fonts import refuse_unknown
from .models import Paper, PaperFile, PaperKind, PaperSeries
from .printing import pdf_bytes, word_bytes
from .rules.content import Content, Text
from .rules.numbers import code_of, digest, in_fours, paper_number
from .states import PaperFormat, PaperState

ISSUED = journal.declare("documents.paper_issue", gettext_lazy("Issued a paper"))
WITHDRAWN = journal.declare("documents.paper_withdraw", gettext_lazy("Withdrew a paper"))

EXTRACT = "register-extract"
BULLETIN = "bulletin"


@service
def paper_issue(
    *,
    actor: Actor,
    kind: str,
    issuer: Organisation,
    area: Area,
    content: Content,
    at: datetime,
    subject: Any = None,
    subject_label: str = "",
    recipient: Organisation | None = None,
    language: str = "zh-hans",
    supersedes: Paper | None = None,
) -> Paper:
    """Number a paper, make its PDF and Word file, and keep their bytes.

    The number is given in this transaction: when anything fails, it is free again.

    Raises:
        Refused: the actor may not issue papers of this organisation.
        InvalidInput: no title, or a character that no font holds, with where it stands.
        Conflict: the paper to be replaced is not in force any more.
    """
    policies.may_issue(actor, issuer).require()
    if not clean(content.title):
        raise InvalidInput({"title": [gettext_lazy("Write what the paper is about.")]})
    refuse_unknown(content.values())
    paper_kind = PaperKind.objects.get(code=kind)
    if supersedes is not None:
        supersedes = Paper.objects.select_for_update().get(pk=supersedes.pk)
        if supersedes.state != PaperState.ISSUED:
            raise Conflict(gettext_lazy("The paper to be replaced is not in force any more."))
    series = _series(paper_kind, issuer)
    year = legal_day(at).year
    sequence = _next_number(series, year)
    number = paper_number(paper_kind.pattern, mark=series.mark, year=year, sequence=sequence)
    code = code_of(secrets.token_bytes(10))
    with translation.override(language):
        values = _values(content, issuer=issuer, number=number, code=code, at=at)
    refuse_unknown(values)
    files = {
        PaperFormat.PDF: pdf_bytes(values, template=paper_kind.template, at=at),
        PaperFormat.WORD: word_bytes(values, at=at),
    }
    paper = Paper.objects.create(
        kind=paper_kind,
        series=series,
        year=year,
        sequence=sequence,
        number=number,
        title=content.title[:200],
        language=language,
        issued_at=at,
        issued_by_id=actor.user_id,
        issuer=issuer,
        issuer_name=issuer.name,
        recipient=recipient,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        subject_label=subject_label[:200],
        values=values,
        verification_code=code,
        area=area,
        supersedes=supersedes,
    )
    paper.refresh_from_db(fields=["district", "subdistrict", "committee"])
    for file_format, data in files.items():
        _keep(paper, file_format, data)
    if supersedes is not None:
        supersedes.state = PaperState.SUPERSEDED
        supersedes.save(update_fields=["state"])
    journal.record(actor=actor, action=ISSUED, at=at, target=paper)
    return paper


@service
def extract_issue(
    *,
    actor: Actor,
    provider_name: str,
    key: int,
    issuer: Organisation,
    at: datetime,
    language: str = "zh-hans",
) -> Paper:
    """Issue a register extract of one object.

    Raises:
        NotFound: no such provider, or the object is outside the actor's scope.
        Refused, InvalidInput, Conflict: as :func:`paper_issue`.
    """
    with translation.override(language):
        extract = provider(provider_name).extract(actor, key, at)
        content = extract_content(extract, issuer=issuer, at=at)
    return paper_issue(
        actor=actor,
        kind=EXTRACT,
        issuer=issuer,
        area=extract.area,
        content=content,
        at=at,
        subject=extract.subject,
        subject_label=extract.label,
        recipient=extract.recipient,
        language=language,
    )


@service
def paper_withdraw(*, actor: Actor, paper: Paper, reason: str, at: datetime) -> Paper:
    """Take a paper out of force; its bytes and number stay.

    Raises:
        Refused: the actor may not, or the paper is not in force.
        InvalidInput: no reason.
    """
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    policies.may_withdraw(actor, paper).require()
    reason = clean(reason)
    if not reason:
        raise InvalidInput({"reason": [gettext_lazy("Write why the paper is withdrawn.")]})
    if len(reason) > 300:
        raise InvalidInput({"reason": [gettext_lazy("Write the reason in 300 characters.")]})
    paper.state = PaperState.WITHDRAWN
    paper.withdrawn_at = at
    paper.withdrawn_reason = reason
    paper.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])
    journal.record(
        actor=actor,
        action=WITHDRAWN,
        at=at,
        target=paper,
        reason=reason,
        changes={"state": [PaperState.ISSUED, PaperState.WITHDRAWN]},
    )
    return paper


def extract_content(extract: Extract, *, issuer: Organisation, at: datetime) -> Content:
    """The body of a register extract, in the language that is active."""
    return Content(
        head=issuer.name,
        title=extract.title,
        blocks=(
            Text(text=_("On %(day)s the register held the following.") % {"day": day_prose(at)}),
            *extract.blocks,
            Text(
                text=_(
                    "This extract states what the register held on that day. It is valid with its"
                    " stored file only; compare it on the verification page."
                )
            ),
        ),
    )


def day_prose(at: datetime) -> str:
    """The legal day in words of the active language."""
    day = legal_day(at)
    if translation.get_language() == "en":
        return f"{day.day} {date_format(day, 'F Y')}"
    return f"{day.year}年{day.month}月{day.day}日"


def verification_url(code: str) -> str:
    """Address of the public verification page of a code."""
    return f"{settings.SITE_URL}/verify/{code}/"


def _values(
    content: Content, *, issuer: Organisation, number: str, code: str, at: datetime
) -> dict[str, Any]:
    return content.values() | {
        "number": number,
        "day": day_prose(at),
        "issuer": issuer.name,
        "url": verification_url(code),
        "code": in_fours(code),
        "language": translation.get_language() or "zh-hans",
        "issued": at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "words": {
            "verify": _("Scan to verify this paper and compare its file."),
            "code": _("Verification code"),
            **content.words,
        },
    }


def _series(kind: PaperKind, issuer: Organisation) -> PaperSeries:
    """The organisation's series; made at its first paper, with a mark nobody else has."""
    found = PaperSeries.objects.filter(kind=kind, organisation=issuer).first()
    if found is not None:
        return found
    place = issuer.area.name if issuer.area else issuer.name
    marks = [kind.mark, *(place[:length] + kind.mark for length in (1, 2, 3))]
    for mark in [*marks, f"{place[:2]}{kind.mark}{issuer.pk}"]:
        try:
            with transaction.atomic():
                return PaperSeries.objects.create(kind=kind, organisation=issuer, mark=mark)
        except IntegrityError:
            found = PaperSeries.objects.filter(kind=kind, organisation=issuer).first()
            if found is not None:
                return found
    raise Conflict(gettext_lazy("No mark is free for the number. Tell the operators."))


def _next_number(series: PaperSeries, year: int) -> int:
    """The next number; its row stays locked until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_papersequence AS s (series_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (series_id, year) DO UPDATE SET last = s.last + 1 RETURNING last",
            [series.pk, year],
        )
        return int(cursor.fetchone()[0])


def _keep(paper: Paper, file_format: PaperFormat, data: bytes) -> None:
    sha256 = digest(data)
    path = default_storage.save(
        f"papers/{paper.year}/{paper.verification_code}.{file_format}", ContentFile(data)
    )
    PaperFile.objects.create(
        paper=paper, format=file_format, path=path, size=len(data), sha256=sha256
    )
