"""Pages of people, companies and project managers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.access.permissions import perm
from anju.core.errors import AnjuError
from anju.core.money import yuan
from anju.ui.pages import form_refuses, form_status, page

from ..filters import place_names
from ..forms.parties import RevealForm
from ..models import Company, Manager, Ownership, Person, Unit
from ..policies import may_reveal_identity
from ..queries import asof as past
from ..services.people import person_reveal_identity
from ..states import CompanyKind, CompanyState, ManagerState, PersonState
from ..tables.cells import link, number
from .parts import (
    SHOWN,
    AsOf,
    Cell,
    Detail,
    Fact,
    Part,
    all_of,
    dated,
    entered_later,
    facts_on,
    first_version,
    moves,
    named,
    on_file,
    restored,
    show,
    spell,
    state_cell,
    state_of,
    then_of,
    timeline,
)
from .places import desk_crumbs

COMPANY_CHANGE = perm("registry:company_change")
STAFF_CHANGE = perm("registry:staff_change")
MANAGER_CHANGE = perm("registry:manager_change")
PERSON_CHANGE = perm("registry:person_change")
PROPOSE = perm("registry:change_propose")


def _person_facts(row: Person, asof: AsOf) -> list[Fact]:
    return [
        Fact(_("Name"), row.name),
        Fact(_("Kind of paper"), row.get_id_kind_display(), field="id_kind"),
        Fact(_("Identity number"), row.id_mask or _("Not on file"), field="id_mask"),
        Fact(_("Phone"), row.phone_mask or _("Not on file"), field="phone_mask"),
    ]


@page(permission=perm("registry:person_view"))
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, numbers masked."""
    row = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    asof = AsOf.of(request)
    shut = _("The numbers are erased.") if row.state == PersonState.ERASED else ""
    visible = Unit.objects.visible_to(request.actor)
    every = (
        Ownership.objects.filter(person=row, unit__in=visible)
        .select_related("unit__building__community")
        .order_by("-period", "pk")
    )
    if asof.past:
        every = every.filter(period__contains=asof.day)
    owned, many = list(every[:SHOWN]), every.count()
    detail = Detail(
        title=named(row, asof),
        crumbs=desk_crumbs((_("People"), reverse("registry:people"))),
        target=row,
        state=state_of(row),
        facts=facts_on(_person_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (
                _("Show the numbers in clear"),
                "registry:person_reveal",
                perm("registry:person_reveal"),
                shut,
            ),
            (_("Change the person"), "registry:person_change", PERSON_CHANGE, shut),
            (_("Correct the identity number"), "registry:person_identity", PERSON_CHANGE, shut),
            (_("Open a manager's file"), "registry:manager_register", MANAGER_CHANGE, shut),
            (_("Erase the numbers"), "registry:person_erase", PERSON_CHANGE, shut),
        ),
        parts=[
            Part(
                "units",
                _("Units owned"),
                [_("Unit"), _("Community"), _("Share"), _("Period")],
                [
                    [
                        Cell(
                            f"{then_of(o.unit.building, asof).number}-"
                            f"{then_of(o.unit, asof).number}",
                            link("registry:unit", o.unit_id),
                        ),
                        Cell(
                            named(o.unit.building.community, asof),
                            link("registry:community", o.unit.community_id),
                        ),
                        Cell(f"{o.share_num}/{o.share_den}"),
                        Cell(spell(o.period)),
                    ]
                    for o in owned
                ],
                note=_("Within the place of your post: %(n)s") % {"n": number(many)},
                empty=_("No unit within the place of your post."),
            )
        ],
        events=timeline(row),
    )
    return show(request, detail)


@page(permission=perm("registry:person_reveal"), methods=("GET", "POST"))
def person_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's numbers in clear, once, after a reason; the reading is journalled."""
    row = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    may_reveal_identity(request.actor, row).require()
    form = RevealForm(request.POST if request.method == "POST" else None)
    identity = None
    if request.method == "POST" and form.is_valid():
        try:
            identity = person_reveal_identity(
                actor=request.actor,
                person=row,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
    context = {
        "person": row,
        "form": form,
        "identity": identity,
        "crumbs": desk_crumbs(
            (_("People"), reverse("registry:people")), (row.name, link("registry:person", row.pk))
        ),
    }
    return render(request, "registry/person_reveal.html", context, status=form_status(form))


def _company_facts(row: Company, asof: AsOf) -> list[Fact]:
    names = place_names()
    capital = row.registered_capital_fen
    return [
        Fact(_("Name"), past.name_on(row, asof.day) or row.name),
        Fact(_("Credit code"), row.code, field="code"),
        Fact(_("Kind"), row.get_kind_display()),
        Fact(
            _("Branch of"),
            named(row.parent, asof) if row.parent else "",
            link("registry:company", row.parent_id),
        ),
        Fact(
            _("Registered place"),
            _("Out of town") if row.is_out_of_town else names.get(row.registered_area_id or 0, ""),
        ),
        Fact(_("Registered address"), row.registered_address, field="registered_address"),
        Fact(_("Legal representative"), row.legal_representative, field="legal_representative"),
        Fact(
            _("Registered capital, yuan"),
            "" if capital is None else yuan(capital),
            field="registered_capital_fen",
        ),
        Fact(
            _("Founded on"),
            row.founded_on.isoformat() if row.founded_on else "",
            field="founded_on",
        ),
        Fact(_("Published telephone"), row.phone, field="phone"),
    ]


@page(permission=perm("registry:company_view"))
def company(request: HttpRequest, pk: int) -> HttpResponse:
    """One company or developer, with branches, staff, managers and projects."""
    rows = Company.objects.visible_to(request.actor).select_related("parent")
    row = get_object_or_404(rows, pk=pk)
    asof = AsOf.of(request)
    shut = _("The company is out of business.") if row.state == CompanyState.CLOSED else ""
    branch = shut or (_("A branch has no branches of its own.") if row.parent_id else "")
    developer = row.kind == CompanyKind.DEVELOPER
    listed = (
        (_("Developers"), reverse("registry:developers"))
        if developer
        else (_("Property companies"), reverse("registry:companies"))
    )
    serves = row.projects.visible_to(request.actor).current().count()
    answer = ngettext("Serves %(n)s area today.", "Serves %(n)s areas today.", serves)
    detail = Detail(
        answer="" if developer else answer % {"n": number(serves)},
        title=named(row, asof),
        crumbs=desk_crumbs(listed),
        target=row,
        state=state_of(row),
        facts=facts_on(_company_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (_("Change facts"), "registry:company_change", COMPANY_CHANGE, shut),
            (_("Propose another name"), "registry:company_rename", PROPOSE, shut),
            (_("Propose another credit code"), "registry:company_recode", PROPOSE, shut),
            (_("Add a branch"), "registry:branch_add", COMPANY_CHANGE, branch),
            (_("Add a member of staff"), "registry:staff_add", STAFF_CHANGE, shut),
            (_("Mark as out of business"), "registry:company_close", COMPANY_CHANGE, shut),
            (
                _("Put back in business"),
                "registry:company_reopen",
                perm("registry:file_reopen"),
                "" if shut else _("It is in business."),
            ),
        ),
        parts=_company_parts(request, row, asof, developer),
        events=timeline(
            row,
            [
                dated(n.period.lower, _("Named %(name)s") % {"name": n.name})
                for n in row.names.all()
                if n.period.lower
            ],
        ),
    )
    return show(request, detail)


def _company_parts(request: HttpRequest, row: Company, asof: AsOf, developer: bool) -> list[Part]:
    projects = (
        row.projects.visible_to(request.actor).select_related("management_area").order_by("-period")
    )
    if asof.past:
        projects = projects.filter(period__contains=asof.day)
    managers = row.managers.filter(period__contains=asof.day).select_related("manager")
    parts = [
        Part(
            "projects",
            _("Projects"),
            [_("Management area"), _("Period"), _("State")],
            [
                [
                    Cell(named(p.management_area, asof), link("registry:project", p.pk)),
                    Cell(spell(p.period)),
                    state_cell(p),
                ]
                for p in projects[:SHOWN]
            ],
            note=on_file(projects.count()),
            links=all_of(
                projects.count(), f"{reverse('registry:projects')}?company={quote(row.name)}"
            ),
            empty=_("No project within the place of your post."),
        ),
        Part(
            "managers",
            _("Project managers"),
            [_("Name"), _("Published telephone"), _("Period")],
            [
                [
                    Cell(named(m.manager, asof), link("registry:manager", m.manager_id)),
                    Cell(then_of(m.manager, asof).published_phone or "—"),
                    Cell(spell(m.period)),
                ]
                for m in managers.order_by("manager__sort_key")
            ],
            empty=_("No project manager works for it."),
        ),
        _staff_part(request, row, asof),
        Part(
            "branches",
            _("Branches"),
            [_("Branch"), _("Credit code")],
            [
                [Cell(b.name, link("registry:company", b.pk)), Cell(b.code)]
                for b in _branches(row, asof)
            ],
            empty=_("No branch is on file."),
        ),
        Part(
            "names",
            _("Names"),
            [_("Name"), _("Period")],
            [[Cell(n.name), Cell(spell(n.period))] for n in row.names.order_by("-period")],
        ),
    ]
    if developer:
        built = row.built_communities.visible_to(request.actor).order_by("sort_key")
        parts.insert(
            0,
            Part(
                "built",
                _("Communities built"),
                [_("Community"), (_("Built"), "num")],
                [
                    [
                        Cell(named(c, asof), link("registry:community", c.pk)),
                        Cell(c.built_year or "—", num=True),
                    ]
                    for c in built[:SHOWN]
                ],
                note=on_file(built.count()),
                empty=_("No community within the place of your post."),
            ),
        )
    return parts


def _branches(row: Company, asof: AsOf) -> list[Company]:
    if not asof.past:
        return list(row.branches.order_by("sort_key"))
    then = past.rows_known_at(Company, "parent_id", row.pk, first_version(row, asof))
    found = [restored(Company, columns) for columns in then]
    for one in found:
        one.name = past.name_on(one, asof.day) or one.name
    return sorted(found, key=lambda one: one.sort_key)


def _staff_part(request: HttpRequest, row: Company, asof: AsOf) -> Part:
    able = request.actor.can(STAFF_CHANGE) and not asof.past
    rows = []
    for one in past.staff_on(row, asof.day):
        cells = [Cell(named(one, asof)), Cell(one.title), Cell(spell(one.period))]
        if able:
            cells.append(Cell(_("End"), link("registry:staff_end", one.pk)))
        rows.append(cells)
    heads = [_("Name"), _("Job title"), _("Period"), *([_("What can be done")] if able else [])]
    return Part("staff", _("Staff"), heads, rows, empty=_("No member of staff is on file."))


def _manager_facts(row: Manager, asof: AsOf) -> list[Fact]:
    company = past.company_of_manager_on(row, asof.day)
    leads = row.assignments.filter(period__contains=asof.day).count()
    return [
        Fact(_("Name"), row.name),
        Fact(
            _("Company"),
            named(company, asof) if company else _("None"),
            link("registry:company", company.pk) if company else "",
        ),
        Fact(_("Published telephone"), row.published_phone, field="published_phone"),
        Fact(_("Certificate"), row.certificate_number, field="certificate_number"),
        Fact(_("Projects led"), number(leads)),
    ]


def _manager_parts(row: Manager, works: list[Any], asof: AsOf) -> list[Part]:
    leads = row.assignments.select_related("project__management_area").order_by("-period")
    return [
        Part(
            "companies",
            _("Companies"),
            [_("Company"), _("Period")],
            [
                [
                    Cell(named(w.company, asof), link("registry:company", w.company_id)),
                    Cell(spell(w.period)),
                ]
                for w in works
            ],
            empty=_("No company is on file."),
        ),
        Part(
            "projects",
            _("Projects led"),
            [_("Management area"), _("Period")],
            [
                [
                    Cell(
                        named(a.project.management_area, asof),
                        link("registry:project", a.project_id),
                    ),
                    Cell(spell(a.period)),
                ]
                for a in leads
            ],
            empty=_("No project has been led."),
        ),
    ]


@page(permission=perm("registry:manager_view"))
def manager(request: HttpRequest, pk: int) -> HttpResponse:
    """One project manager: the file follows from company to company."""
    row = get_object_or_404(Manager.objects.visible_to(request.actor), pk=pk)
    asof = AsOf.of(request)
    shut = _("The manager has left the trade.") if row.state == ManagerState.LEFT else ""
    works = list(row.employments.select_related("company").order_by("-period"))
    led = row.assignments.filter(period__contains=asof.day).count()
    phone = row.published_phone or _("not published")
    detail = Detail(
        answer=ngettext(
            "Leads %(n)s project today; telephone %(phone)s.",
            "Leads %(n)s projects today; telephone %(phone)s.",
            led,
        )
        % {"n": led, "phone": phone},
        title=named(row, asof),
        crumbs=desk_crumbs((_("Project managers"), reverse("registry:managers"))),
        target=row,
        state=state_of(row),
        facts=facts_on(_manager_facts, row, asof),
        asof=asof,
        early=entered_later(row, asof),
        moves=moves(
            request.actor,
            row,
            (_("Publish a telephone"), "registry:manager_phone", MANAGER_CHANGE, shut),
            (_("Record another company"), "registry:manager_employ", MANAGER_CHANGE, ""),
            (_("Record that the manager left"), "registry:manager_leave", MANAGER_CHANGE, shut),
            (_("Correct the certificate"), "registry:manager_change", MANAGER_CHANGE, ""),
            (
                _("Record that the manager left the trade"),
                "registry:manager_retire",
                MANAGER_CHANGE,
                shut,
            ),
        ),
        parts=_manager_parts(row, works, asof),
        events=timeline(
            row,
            [
                dated(w.period.lower, _("Began at %(company)s") % {"company": w.company.name})
                for w in works
                if w.period.lower
            ],
        ),
    )
    return show(request, detail)
