"""Complaints about reads of personal data: raised by the person, answered by the auditor."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.text import clean
from anju.core.transactions import service
from anju.flow.services import move_make, task_open, tasks_close
from anju.flow.states import Words

from ..models import HomeBinding, ReadComplaint
from ..policies import may_answer_complaint, may_complain
from ..states import COMPLAINT_FLOW, ComplaintState
from .base import locked, required, tell, told

RAISED = journal.declare("registry.complaint_raise", _("Complained about a read of personal data"))
ANSWERED = journal.declare("registry.complaint_answer", _("Answered a complaint about a read"))

TASK = "registry.complaint"


@service
def complaint_raise(
    *, actor: Actor, event: AuditEvent, binding: HomeBinding, text: str, at: datetime
) -> ReadComplaint:
    """Complain about a read of one's own data; the audit administrator gets a to-do.

    Raises:
        InvalidInput: no words; Conflict: complained already.
    """
    may_complain(actor, event, binding).require()
    assert actor.user_id is not None  # the policy asks for an account
    text = required("text", text, longest=1000)
    with told():
        complaint = ReadComplaint.objects.create(
            area_id=binding.area_id, user_id=actor.user_id, event_id=event.pk, text=text,
            raised_at=at,
        )  # fmt: skip
        complaint.refresh_from_db()
    task_open(
        actor=actor, at=at, kind=TASK,
        title=Words(gettext_noop("Answer a complaint about a read of personal data")),
        subject=complaint, link=reverse("registry:complaint", args=[complaint.pk]),
        role=Role.AUDIT_ADMIN, area=complaint.area,
    )  # fmt: skip
    journal.record(actor=actor, action=RAISED, at=at, target=complaint)
    return complaint


@service
def complaint_answer(
    *, actor: Actor, complaint: ReadComplaint, upheld: bool, answer: str, at: datetime
) -> ReadComplaint:
    """Answer once, in words; the person is told.

    Raises:
        InvalidInput: no words; Refused: answered already, or of one's own read.
    """
    answer = clean(answer)
    if not answer or len(answer) > 1000:
        raise InvalidInput({"answer": [_("Write the answer in 1 to 1,000 characters.")]})
    complaint = locked(complaint)
    may_answer_complaint(actor, complaint).require()
    move_make(
        actor=actor, at=at, flow=COMPLAINT_FLOW, subject=complaint,
        name="uphold" if upheld else "reject", reason=answer[:500],
        sets={"answer": answer, "answered_by_id": actor.user_id, "answered_at": at},
    )  # fmt: skip
    tasks_close(actor=actor, at=at, subject=complaint, kinds=[TASK])
    journal.record(actor=actor, action=ANSWERED, at=at, target=complaint)
    tell(
        complaint.user,
        "registry.complaint_answered",
        {
            "verdict": ComplaintState(complaint.state).label,
            "answer": answer,
            "link": reverse("portal:readings"),
        },
    )
    return complaint
