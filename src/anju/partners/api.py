"""Partners report wrong values, read what became of them, and are told by webhook."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from anju.access.api import PartnerKey
from anju.core.errors import NotFound

from . import queries
from .idempotency import repeatable
from .models import CorrectionReport
from .policies import REPORT
from .services.reports import report_receive, report_withdraw
from .states import EventKind, ReportState

LARGEST = 2**63 - 1
router = Router(auth=PartnerKey(REPORT), tags=["reports"])

Id = Annotated[int, Field(ge=1, le=LARGEST)]


class Refusal(Schema):
    """Why not."""

    error: str
    fields: dict[str, list[str]] = {}


class ReportIn(Schema):
    """What is wrong, as the register names it: ``field`` is a field of the read interface."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["community", "company", "manager", "project"]
    subject_id: Annotated[int, Field(ge=1, le=LARGEST, description="“id” of the thing")]
    field: Annotated[str, Field(min_length=1, max_length=30)]
    stated: Annotated[str, Field(max_length=300, description="the value read; may be empty")]
    right: Annotated[str, Field(min_length=1, max_length=300, description="the right value")]
    evidence: Annotated[str, Field(min_length=1, max_length=2000, description="what shows it")]
    reference: Annotated[str, Field(min_length=1, max_length=60, description="your own number")]


class ReportOut(Schema):
    """A report and where it stands."""

    id: int
    reference: str
    kind: str
    subject_id: int
    subject: str
    field: str
    stated: str
    right: str
    held: str
    evidence: str
    state: Literal["received", "accepted", "corrected", "refused", "withdrawn"]
    answer: str
    received_at: datetime
    decided_at: datetime | None


class Reports(Schema):
    """Rows in the order of their key; ``next`` is the ``after`` of the next slice."""

    count: int
    next: int | None
    rows: list[ReportOut]


class ReportSlice(Schema):
    """Which of one's own reports: those after a key, at most so many, in a state."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    state: Literal["", "received", "accepted", "corrected", "refused", "withdrawn"] = ""


READS: dict[int, Any] = {401: Refusal, 404: Refusal, 422: Refusal}
WRITES: dict[int, Any] = {400: Refusal, **READS, 403: Refusal, 409: Refusal}


def _out(row: CorrectionReport) -> ReportOut:
    return ReportOut(
        id=row.pk,
        reference=row.reference,
        kind=row.subject_kind,
        subject_id=row.subject_id,
        subject=row.subject_label,
        field=row.field,
        stated=row.stated_value,
        right=row.right_value,
        held=row.held_value,
        evidence=row.evidence,
        state=str(row.state),  # type: ignore[arg-type]
        answer=row.answer,
        received_at=row.received_at,
        decided_at=row.decided_at,
    )


def _own(request: HttpRequest, pk: int) -> CorrectionReport:
    row = queries.reports(request.actor).filter(pk=pk).first()  # type: ignore[attr-defined]
    if row is None:
        raise NotFound(_("There is no such report of yours."))
    return row


@router.post("/reports", response={201: ReportOut, **WRITES})
@repeatable(201)
def report_send(request: HttpRequest, report: ReportIn) -> ReportOut:
    """Report that a value of the register is wrong. 201; your reference is taken once."""
    made = report_receive(
        actor=request.actor,  # type: ignore[attr-defined]
        at=timezone.now(),
        **report.model_dump(),
    )
    return _out(made)


@router.get("/reports", response={200: Reports, **READS})
def report_list(request: HttpRequest, asked: Query[ReportSlice]) -> dict[str, Any]:
    """Your own reports."""
    rows = queries.reports(request.actor)  # type: ignore[attr-defined]
    if asked.state:
        rows = rows.filter(state=ReportState(asked.state))
    found = list(rows.filter(pk__gt=asked.after).order_by("pk")[: asked.limit])
    more = found[-1].pk if len(found) == asked.limit else None
    return {"count": rows.count(), "next": more, "rows": [_out(row) for row in found]}


@router.get("/reports/{pk}", response={200: ReportOut, **READS})
def report_read(request: HttpRequest, pk: Id) -> ReportOut:
    """One of your reports: where it stands and the answer."""
    return _out(_own(request, pk))


@router.post("/reports/{pk}/withdraw", response={200: ReportOut, **WRITES})
@repeatable(200)
def report_take_back(request: HttpRequest, pk: Id) -> ReportOut:
    """Withdraw a report that nobody has decided yet."""
    return _out(
        report_withdraw(
            actor=request.actor,  # type: ignore[attr-defined]
            report=_own(request, pk),
            at=timezone.now(),
        )
    )


def _webhook(kind: str, words: str, data: dict[str, Any]) -> dict[str, Any]:
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ]
    body = {
        "type": "object",
        "required": ["type", "timestamp", "sequence", "data"],
        "properties": {
            "type": {"const": kind},
            "timestamp": {"type": "string", "format": "date-time"},
            "sequence": {"type": "integer"},
            "data": {"type": "object", "properties": data, "required": ["id"]},
        },
    }
    return {
        "post": {
            "summary": words,
            "parameters": headers,
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"2XX": {"description": "Taken; anything else is tried again."}},
            "security": [],
        }
    }


def webhooks() -> dict[str, Any]:
    """The ``webhooks`` part of the OpenAPI description: what endpoints are sent."""
    number, text = {"type": "integer"}, {"type": "string"}
    report = {"id": number, "reference": text, "state": text}
    data = {
        EventKind.REPORT_DECIDED: report,
        EventKind.REPORT_REOPENED: report,
        EventKind.COMMUNITY_CHANGED: {"id": number, "code": text},
        EventKind.COMPANY_CHANGED: {"id": number, "code": text},
    }
    words = {
        EventKind.REPORT_DECIDED: "One of your reports was accepted, corrected or refused.",
        EventKind.REPORT_REOPENED: "The change behind an accepted report was not made.",
    }
    return {
        str(kind.value): _webhook(
            kind.value,
            words.get(kind, "A row you may read has changed: read it again."),
            data.get(kind, {"id": number}),
        )
        for kind in EventKind
    }
