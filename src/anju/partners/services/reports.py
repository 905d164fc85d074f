"""Partners' reports of wrong values: received, decided, followed to the end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anju.access.models import Organisation
from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, NotFound
from anju.core.text import clean
from anju.core.transactions import service
from anju.flow.services import move_make, task_open, tasks_close
from anju.flow.states import TaskState, Words
from anju.reference.models import Area
from anju.registry.models import ChangeRequest
from anju.registry.services import change_propose
from anju.registry.states import ChangeState

from .. import policies
from ..models import CorrectionReport
from ..states import REPORT_FLOW, EventKind, ReportState
from ..subjects import SUBJECTS, field_of, held, subject_found
from .events import event_record

RECEIVED = journal.declare("partners.report_receive", _("Received a partner's report"))
ACCEPTED = journal.declare("partners.report_accept", _("Accepted a partner's report"))
CORRECTED = journal.declare("partners.report_correct", _("Corrected what a partner reported"))
REFUSED = journal.declare("partners.report_refuse", _("Refused a partner's report"))
WITHDRAWN = journal.declare("partners.report_withdraw", _("Withdrew a report"))
SETTLED = journal.declare("partners.report_settle", _("Closed a report: the change was made"))
REOPENED = journal.declare(
    "partners.report_reopen", _("Reopened a report: the change was not made")
)

TASK = "partners.report"


def _line(field: str, text: str, longest: int, *, needed: bool = True) -> str:
    text = clean(text)
    if needed and not text:
        raise InvalidInput({field: [_("Fill in “%(field)s”.") % {"field": field}]})
    if len(text) > longest:
        raise InvalidInput(
            {
                field: [
                    _("Write at most %(longest)s characters in “%(field)s”.")
                    % {"longest": longest, "field": field}
                ]
            }
        )
    return text


def _words(text: str) -> str:
    """Several lines of text, each cleaned."""
    return "\n".join(clean(line) for line in text.replace("\r", "").split("\n")).strip()


@service
def report_receive(
    *,
    actor: Actor,
    kind: str,
    subject_id: int,
    field: str,
    stated: str,
    right: str,
    evidence: str,
    reference: str,
    at: datetime,
) -> CorrectionReport:
    """Take a partner's report into the row; the desk clerk gets a to-do.

    Raises:
        Refused: the key may not report.
        NotFound: there is no such public thing.
        InvalidInput: an unknown kind or field, an empty or too long text, equal values.
        Conflict: the partner has sent this reference before.
    """
    policies.may_report(actor).require()
    if kind not in SUBJECTS:
        raise InvalidInput({"kind": [_("Name one of: %(names)s.") % {"names": _names(SUBJECTS)}]})
    fields = SUBJECTS[kind].fields
    if field not in fields:
        raise InvalidInput({"field": [_("Name one of: %(names)s.") % {"names": _names(fields)}]})
    stated, right = _line("stated", stated, 300, needed=False), _line("right", right, 300)
    if stated == right:
        raise InvalidInput({"right": [_("The right value is the stated one. Say what differs.")]})
    evidence, reference = _words(evidence), _line("reference", reference, 60)
    if not 1 <= len(evidence) <= 2000:
        raise InvalidInput({"evidence": [_("Say in 1 to 2,000 characters what shows it.")]})
    subject: Any = subject_found(kind, subject_id)
    if subject is None:
        raise NotFound(_("There is no such thing in the public register."))
    area = SUBJECTS[kind].area(subject) or _root()
    assert actor.organisation_id is not None  # a partner's key belongs to one
    report = CorrectionReport(
        organisation=Organisation.objects.get(pk=actor.organisation_id),
        area=area, reference=reference, subject_kind=kind, subject_id=subject_id,
        subject_label=str(subject)[:200], field=field, stated_value=stated, right_value=right,
        held_value=held(kind, field, subject)[:300], evidence=evidence, received_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        raise Conflict(
            _("A report with the reference “%(reference)s” is on file already.")
            % {"reference": reference}
        ) from error
    report.refresh_from_db()
    _task(actor, report, at)
    journal.record(actor=actor, action=RECEIVED, at=at, target=report)
    return report


def _names(known: dict[str, Any]) -> str:
    return ", ".join(known)


def _root() -> Area:
    root = Area.objects.filter(parent=None).order_by("pk").first()
    if root is None:
        raise Conflict(_("No place is on file yet."))
    return root


def _task(actor: Actor, report: CorrectionReport, at: datetime) -> None:
    task_open(
        actor=actor,
        at=at,
        kind=TASK,
        title=Words(
            gettext_noop("Decide a partner's report: %(label)s"), label=report.subject_label
        ),
        subject=report,
        link=reverse("partners:report", args=[report.pk]),
        role=Role.DESK_CLERK,
        area=report.area,
    )


def _locked(report: CorrectionReport) -> CorrectionReport:
    return CorrectionReport.objects.select_for_update(of=("self",)).get(pk=report.pk)


def _tell(report: CorrectionReport, kind: str, at: datetime) -> None:
    event_record(
        kind=kind,
        subject=report,
        data={"id": report.pk, "reference": report.reference, "state": str(report.state)},
        organisation_id=report.organisation_id,
        at=at,
    )


def _decided(
    actor: Actor, report: CorrectionReport, move: str, action: str, answer: str, at: datetime,
    **sets: Any,
) -> CorrectionReport:  # fmt: skip
    sets |= {"answer": answer, "decided_at": at, "decided_by_id": actor.user_id}
    report = move_make(
        actor=actor, at=at, flow=REPORT_FLOW, subject=report, name=move, reason=answer, sets=sets
    )
    tasks_close(actor=actor, at=at, subject=report, kinds=[TASK])
    _tell(report, EventKind.REPORT_DECIDED, at)
    journal.record(actor=actor, action=action, at=at, target=report, reason=answer)
    return report


@service
def report_accept(
    *,
    actor: Actor,
    report: CorrectionReport,
    value: str,
    on_day: date,
    at: datetime,
    answer: str = "",
    change: ChangeRequest | None = None,
) -> CorrectionReport:
    """Accept: propose the change the field asks for, or link one that waits for review already.

    Args:
        value: the new value as it is proposed; the clerk may write it better than the partner.
        on_day: from when a new name holds.
        change: a waiting change of the same thing, instead of a new one.

    Raises:
        Refused: the actor may not, it was decided, or the field has no change to propose.
        Conflict: a change of this kind waits already (link it), or the thing is gone.
    """
    report = _locked(report)
    policies.may_accept(actor, report).require()
    field = field_of(report.subject_kind, report.field)
    subject: Any = subject_found(report.subject_kind, report.subject_id)
    if subject is None:
        raise Conflict(_("What was reported is no longer in the public register. Refuse it."))
    target = field.target(subject)
    if change is None:
        value = _line("value", value, 120)
        change = change_propose(
            actor=actor, action=field.change, target=target, at=at,
            after={field.key: value}
            | ({"on_day": on_day.isoformat()} if field.change.endswith("_rename") else {}),
            reason=str(_("Report %(reference)s of %(partner)s"))
            % {"reference": report.reference, "partner": report.organisation.name[:80]},
        )  # fmt: skip
    elif (change.action, change.target_type, change.target_id, change.state) != (
        field.change, target._meta.label_lower, target.pk, ChangeState.PROPOSED,
    ):  # fmt: skip
        raise InvalidInput({"change": [_("Choose a waiting change of the same field.")]})
    return _decided(
        actor, report, "accept", ACCEPTED, _line("answer", answer, 500, needed=False), at,
        change=change,
    )  # fmt: skip


@service
def report_correct(
    *, actor: Actor, report: CorrectionReport, answer: str, at: datetime
) -> CorrectionReport:
    """Note that the value was corrected by hand, and how.

    Raises:
        Refused: the actor may not, or it was decided.
        InvalidInput: no words.
    """
    report = _locked(report)
    policies.may_decide(actor, report).require()
    return _decided(actor, report, "correct", CORRECTED, _line("answer", answer, 500), at)


@service
def report_refuse(
    *, actor: Actor, report: CorrectionReport, answer: str, at: datetime
) -> CorrectionReport:
    """Refuse with the reason the partner reads.

    Raises:
        Refused: the actor may not, or it was decided.
        InvalidInput: no reason.
    """
    report = _locked(report)
    policies.may_decide(actor, report).require()
    return _decided(actor, report, "refuse", REFUSED, _line("answer", answer, 500), at)


@service
def report_withdraw(*, actor: Actor, report: CorrectionReport, at: datetime) -> CorrectionReport:
    """Withdraw one's own report while nobody has decided.

    Raises:
        Refused: it is another's, or it was decided.
    """
    report = _locked(report)
    policies.may_withdraw(actor, report).require()
    report = move_make(actor=actor, at=at, flow=REPORT_FLOW, subject=report, name="withdraw")
    tasks_close(actor=actor, at=at, subject=report, kinds=[TASK], outcome=TaskState.DROPPED)
    journal.record(actor=actor, action=WITHDRAWN, at=at, target=report)
    return report


@service
def report_follow(*, actor: Actor, report: CorrectionReport, at: datetime) -> CorrectionReport:
    """Follow the second person's word on the change; safe to repeat.

    Made: the report is closed as corrected. Refused or withdrawn: the clerk decides again.
    """
    report = _locked(report)
    change = report.change
    if report.state != ReportState.ACCEPTED or change is None:
        return report
    if change.state == ChangeState.PROPOSED:
        return report
    if change.state == ChangeState.APPROVED:
        report = move_make(actor=actor, at=at, flow=REPORT_FLOW, subject=report, name="settle")
        _tell(report, EventKind.REPORT_DECIDED, at)
        journal.record(actor=actor, action=SETTLED, at=at, target=report)
        return report
    report = move_make(
        actor=actor, at=at, flow=REPORT_FLOW, subject=report, name="reopen",
        reason=change.review_note,
        sets={"answer": "", "decided_at": None, "decided_by_id": None, "change": None},
    )  # fmt: skip
    _task(actor, report, at)
    _tell(report, EventKind.REPORT_REOPENED, at)
    journal.record(actor=actor, action=REOPENED, at=at, target=report, reason=change.review_note)
    return report


def reports_follow(*, actor: Actor, at: datetime) -> int:
    """Follow every accepted report whose change was decided; returns how many."""
    due = CorrectionReport.objects.filter(state=ReportState.ACCEPTED).exclude(
        change__state=ChangeState.PROPOSED
    )
    rows = list(due.order_by("pk")[:500])
    for report in rows:
        report_follow(actor=actor, report=report, at=at)
    return len(rows)
