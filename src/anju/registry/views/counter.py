"""Pages of the counter: bound homes, binding with a witness, phones of two people, complaints."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.access import codes
from anju.access.models import Organisation, User
from anju.access.permissions import perm
from anju.access.services.factors import factor_check
from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core.actors import Actor
from anju.core.decisions import Decision
from anju.core.errors import InvalidInput
from anju.core.journal import ACTIONS
from anju.ui.actions import Action, action_view
from anju.ui.pages import actor_of, page
from anju.ui.templatetags.anju import instant, state_html

from ..forms import counter as forms
from ..models import HomeBinding, Person, ReadComplaint, Unit
from ..policies import may_answer_complaint
from ..queries.counter import shared_phones
from ..services import bindings, complaints, phones
from ..states import BindingKind, IdKind, PaperSeen
from ..tables.cells import link
from .acts_places import load, says, to, trail
from .parts import AsOf, Detail, Fact, moves, show, timeline
from .places import desk_crumbs, place_facts

VIEW = perm("registry:binding_view")
CHANGE = perm("registry:binding_change")
SEPARATE = perm("registry:phone_separate")
COMPLAINTS = perm("audit:complaint_view")
ANSWER = perm("audit:complaint_answer")
UNITS = trail(gettext_lazy("Homes and units"), "registry:units", "registry:unit")
PEOPLE = trail(gettext_lazy("People"), "registry:people", "registry:person")


def _binding_facts(row: HomeBinding) -> list[Fact]:
    papers = dict(PaperSeen.choices)
    seen = [str(papers.get(name, name)) for name in row.papers]
    facts = [
        Fact(_("Home"), row.unit.address_words, link("registry:unit", row.unit_id)),
        Fact(_("Person"), row.person.name, link("registry:person", row.person_id)),
        *place_facts(row),
        Fact(_("Bound as"), row.get_kind_display()),
        Fact(_("Bound how"), row.get_method_display()),
        Fact(_("Bound at"), instant(row.bound_at)),
        Fact(_("Reason"), row.reason),
    ]
    if row.witness is not None:
        post = row.witness_post
        words = f"{post.organisation} {post.get_role_display()}" if post else ""
        facts.append(Fact(_("Second official"), f"{row.witness.full_name} {words}".strip()))
        facts.append(Fact(_("Papers seen"), _(", ").join(seen)))
    if row.last_day is not None:
        facts.append(Fact(_("Last day"), row.last_day.isoformat()))
    if row.rests_on_id is not None:
        words = _("Invited by the owner")
        facts.append(Fact(_("Rests on"), words, link("registry:binding", row.rests_on_id)))
    if row.ended_at is not None:
        facts.append(Fact(_("Ended at"), instant(row.ended_at)))
        facts.append(Fact(_("Reason of the end"), row.end_reason))
    return facts


@page(permission=VIEW)
def binding(request: HttpRequest, pk: int) -> HttpResponse:
    """One binding: whose account, how and with which papers, until when."""
    rows = HomeBinding.objects.visible_to(actor_of(request)).select_related(
        "unit__community", "unit__building", "unit__stairwell", "person", "witness",
        "witness_post__organisation",
    )  # fmt: skip
    row = get_object_or_404(rows, pk=pk)
    shut = _("The binding ended already.") if row.ended_at else ""
    ended = row.ended_at is not None
    detail = Detail(
        title=f"{row.unit.address_words} · {row.person.name}",
        crumbs=desk_crumbs((_("Bound homes"), reverse("registry:bindings"))),
        target=row,
        state=state_html("s-filed", "", _("Ended"))
        if ended
        else state_html("s-done", "good", _("Bound")),
        facts=_binding_facts(row),
        asof=AsOf.of(request),
        moves=moves(
            actor_of(request), row, (_("End the binding"), "registry:binding_end", CHANGE, shut)
        ),
        parts=[],
        events=timeline(row),
    )
    return show(request, detail)


def _bind(*, actor: Actor, target: Unit, data: dict[str, Any], at: Any) -> HomeBinding:
    """Check the witness's own code, then bind."""
    witness = User.objects.get(pk=int(data["witness"]))
    codes.attempt_require("witness", f"#{witness.pk}", address=f"#{actor.user_id}")
    if not factor_check(user=witness, code=data["witness_code"]):
        raise InvalidInput({"witness_code": [_("The code does not fit. Take the next one.")]})
    codes.attempt_forget("witness", f"#{witness.pk}")
    is_tenant = data["person"] == forms.TENANT
    tenant = bindings.Tenant(
        name=data["tenant_name"],
        id_number=data["id_number"],
        id_kind=data["id_kind"] or IdKind.RESIDENT,
    )
    return bindings.home_bind_counter(
        actor=actor,
        user=data["phone"],
        unit=target,
        person=None if is_tenant else Person.objects.get(pk=int(data["person"])),
        kind=BindingKind.TENANT if is_tenant else BindingKind.OWNER,
        tenant=tenant if is_tenant else None,
        witness=witness,
        papers=data["papers"],
        last_day=data["last_day"] if is_tenant else None,
        reason=data["reason"],
        at=at,
    )


bind_counter = action_view(
    Action(
        title=gettext_lazy("Bind an account at the counter"),
        button=gettext_lazy("Bind the account"),
        form=forms.CounterBindForm,
        explain=lambda target: (
            _(
                "%(home)s. You and a second official both see the papers; the account and the"
                " owners are told."
            )
            % {"home": target.address_words}
        ),
        load=load(Unit, "community", "building", "stairwell"),
        run=_bind,
        done=says(gettext_lazy("The account is bound. Its owner and the other owners are told.")),
        after=lambda target, made: link("registry:binding", made.pk),
        crumbs=UNITS,
    ),
    permission=CHANGE,
)
binding_end = action_view(
    Action(
        title=gettext_lazy("End the binding"),
        button=gettext_lazy("End the binding"),
        form=forms.BindingEndForm,
        explain=gettext_lazy(
            "The account sees nothing of this home any more and is told; tenants it invited end"
            " with it. Who owns the home does not change."
        ),
        load=load(HomeBinding, "unit__community", "unit__building", "unit__stairwell"),
        run=lambda *, actor, target, data, at: bindings.home_unbind(
            actor=actor, binding=target, reason=data["reason"], at=at
        ),
        done=says(gettext_lazy("The binding has ended.")),
        after=to("registry:binding"),
        crumbs=lambda target: desk_crumbs(
            (_("Bound homes"), reverse("registry:bindings")),
            (target.unit.address_words, link("registry:binding", target.pk)),
        ),
        danger=True,
    ),
    permission=CHANGE,
)


@page(permission=SEPARATE)
def phone_list(request: HttpRequest) -> HttpResponse:
    """Phones that stand in several people's files."""
    actor = actor_of(request)
    return render(request, "registry/shared_phones.html", {"phones": shared_phones(actor)})


def _sharer(actor: Actor, pk: int) -> Person:
    person: Person = get_object_or_404(Person.objects.visible_to(actor), pk=pk)
    return person


def _separate(*, actor: Actor, target: Person, data: dict[str, Any], at: Any) -> int:
    keeper = get_object_or_404(Person.objects.visible_to(actor), pk=int(data["keeper"]))
    return phones.phone_separate(actor=actor, keeper=keeper, reason=data["reason"], at=at)


phone_separate = action_view(
    Action(
        title=gettext_lazy("Separate the phone"),
        button=gettext_lazy("Leave the phone with this person"),
        form=forms.SeparateForm,
        explain=gettext_lazy(
            "One phone stands in several people's files. It stays with one of them; it goes out of"
            " the other files, accounts bound with it as the others end, and both are told."
        ),
        load=_sharer,
        run=_separate,
        done=says(gettext_lazy("The phone is separated. Both are told.")),
        after=lambda target, made: reverse("registry:shared_phones"),
        crumbs=PEOPLE,
        danger=True,
    ),
    permission=SEPARATE,
)


@page(permission=COMPLAINTS)
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint: the person's words, the read it is about, the answer."""
    actor = actor_of(request)
    rows = ReadComplaint.objects.visible_to(actor).select_related("answered_by")
    row = get_object_or_404(rows, pk=pk)
    event = AuditEvent.objects.filter(pk=row.event_id).first()
    if event is None:
        raise Http404
    office = Organisation.objects.filter(pk=event.organisation_id or 0).first()
    context = {
        "complaint": row,
        "event": event,
        "office": office,
        "post": dict(Role.choices).get(event.role, event.role),
        "what": ACTIONS.get(event.action, event.action),
        "may_answer": bool(may_answer_complaint(actor, row)),
        "may_audit": actor.can(perm("audit:event_view")),
    }
    return render(request, "registry/complaint.html", context)


def _may_answer(actor: Actor, target: ReadComplaint) -> Decision:
    return may_answer_complaint(actor, target)


complaint_answer = action_view(
    Action(
        title=gettext_lazy("Answer the complaint"),
        button=gettext_lazy("Send the answer"),
        form=forms.AnswerForm,
        explain=lambda target: target.text,
        load=load(ReadComplaint),
        may=_may_answer,
        run=lambda *, actor, target, data, at: complaints.complaint_answer(
            actor=actor,
            complaint=target,
            upheld=data["upheld"] == "yes",
            answer=data["answer"],
            at=at,
        ),
        done=says(gettext_lazy("The complaint is answered and the person told.")),
        after=to("registry:complaint"),
        crumbs=lambda target: [
            (_("Complaints about reads"), reverse("registry:complaints")),
            (str(target), link("registry:complaint", target.pk)),
        ],
    ),
    permission=ANSWER,
)
