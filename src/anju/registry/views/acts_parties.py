"""Action pages of people, companies, staff and project managers."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.ui.actions import Action, action_view

from ..forms import parties as forms
from ..forms.places import EndForm, RecodeForm
from ..models import Company, CompanyStaff, Manager, Person
from ..services import companies, managers, people
from ..tables.cells import link
from .acts_places import (
    PROPOSED,
    REVIEWED,
    load,
    made,
    name_on_day,
    propose,
    renamed,
    says,
    to,
    trail,
)

PERSON_CHANGE = perm("registry:person_change")
COMPANY_CHANGE = perm("registry:company_change")
STAFF_CHANGE = perm("registry:staff_change")
MANAGER_CHANGE = perm("registry:manager_change")
PROPOSE = perm("registry:change_propose")
PEOPLE = trail(_("People"), "registry:people", "registry:person")
COMPANIES = trail(_("Property companies"), "registry:companies", "registry:company")
MANAGERS = trail(_("Project managers"), "registry:managers", "registry:manager")

person_new = action_view(
    Action(
        title=_("Register a person"),
        button=_("Register the person"),
        form=forms.PersonNew,
        explain=_("The numbers are sealed at once; from then on they are shown masked."),
        run=lambda *, actor, target, data, at: people.person_register(actor=actor, at=at, **data),
        done=lambda target, made: gettext("%(name)s is on file.") % {"name": made.name},
        after=made("registry:person"),
        crumbs=PEOPLE,
    ),
    permission=PERSON_CHANGE,
)
person_change = action_view(
    Action(
        title=_("Change the person"),
        button=_("Save the change"),
        form=forms.PersonChange,
        load=load(Person),
        run=lambda *, actor, target, data, at: people.person_change(
            actor=actor,
            person=target,
            reason=data["reason"],
            name=data["name"],
            phone=data["phone"] or None,
            at=at,
        ),
        initial=lambda row: {"name": row.name},
        done=says(_("Saved.")),
        after=to("registry:person"),
        crumbs=PEOPLE,
    ),
    permission=PERSON_CHANGE,
)
company_new = action_view(
    Action(
        title=_("Register a company"),
        button=_("Register the company"),
        form=forms.CompanyNew,
        run=lambda *, actor, target, data, at: companies.company_register(
            actor=actor,
            code=data["code"],
            name=data["name"],
            kind=data["kind"],
            fields=forms.company_facts(data),
            at=at,
        ),
        done=lambda target, made: gettext("%(name)s is on file.") % {"name": made},
        after=made("registry:company"),
        crumbs=COMPANIES,
    ),
    permission=COMPANY_CHANGE,
)


def _company_initial(row: Company) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in forms.COMPANY_FACTS}
    return values | {"registered_area": str(row.registered_area_id or "")}


company_change = action_view(
    Action(
        title=_("Change facts of the company"),
        button=_("Save the facts"),
        form=forms.CompanyFacts,
        load=load(Company),
        run=lambda *, actor, target, data, at: companies.company_change(
            actor=actor, company=target, fields=forms.company_facts(data), at=at
        ),
        initial=_company_initial,
        done=says(_("Saved. The earlier values stay in the history.")),
        after=to("registry:company"),
        crumbs=COMPANIES,
    ),
    permission=COMPANY_CHANGE,
)
company_rename = action_view(
    Action(
        title=_("Propose another name of the company"),
        load=load(Company),
        run=propose("company_rename", name_on_day),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=COMPANIES,
        **renamed,  # type: ignore[arg-type]
    ),
    permission=PROPOSE,
)
company_recode = action_view(
    Action(
        title=_("Propose another credit code"),
        button=_("Propose the code"),
        form=RecodeForm,
        explain=REVIEWED,
        load=load(Company),
        run=propose("company_recode", lambda target, data: {"code": data["code"]}),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=COMPANIES,
    ),
    permission=PROPOSE,
)
company_close = action_view(
    Action(
        title=_("Mark the company as out of business"),
        button=_("Mark as out of business"),
        form=forms.ReasonForm,
        danger=True,
        load=load(Company),
        run=lambda *, actor, target, data, at: companies.company_close(
            actor=actor, company=target, reason=data["reason"], at=at
        ),
        done=says(_("The company is marked as out of business.")),
        after=to("registry:company"),
        crumbs=COMPANIES,
    ),
    permission=COMPANY_CHANGE,
)
branch_add = action_view(
    Action(
        title=_("Add a branch"),
        button=_("Add the branch"),
        form=forms.BranchNew,
        load=load(Company),
        run=lambda *, actor, target, data, at: companies.branch_add(
            actor=actor,
            parent=target,
            code=data["code"],
            name=data["name"],
            fields=forms.company_facts(data),
            at=at,
        ),
        done=says(_("The branch is on file.")),
        after=made("registry:company"),
        crumbs=COMPANIES,
    ),
    permission=COMPANY_CHANGE,
)
staff_add = action_view(
    Action(
        title=_("Add a member of staff"),
        button=_("Add the member of staff"),
        form=forms.StaffNew,
        load=load(Company),
        run=lambda *, actor, target, data, at: companies.staff_add(
            actor=actor, company=target, at=at, **data
        ),
        done=says(_("The member of staff is on file.")),
        after=to("registry:company"),
        crumbs=COMPANIES,
    ),
    permission=STAFF_CHANGE,
)


def _staff(actor: Actor, pk: int) -> CompanyStaff:
    visible = Company.objects.visible_to(actor)
    rows = CompanyStaff.objects.select_related("company").filter(company__in=visible)
    return get_object_or_404(rows, pk=pk)


def _staff_crumbs(staff: CompanyStaff) -> list[tuple[str, str]]:
    return COMPANIES(staff.company)  # type: ignore[no-any-return]


staff_end = action_view(
    Action(
        title=_("End a member of staff"),
        button=_("End it"),
        form=forms.DayForm,
        danger=True,
        explain=lambda staff: f"{staff.name}, {staff.title}",
        load=_staff,
        run=lambda *, actor, target, data, at: companies.staff_end(
            actor=actor, staff=target, on_day=data["on_day"], at=at
        ),
        done=says(_("Ended from that day.")),
        after=lambda staff, result: link("registry:company", staff.company_id),
        crumbs=_staff_crumbs,
    ),
    permission=STAFF_CHANGE,
)
manager_register = action_view(
    Action(
        title=_("Open a manager's file"),
        button=_("Open the file"),
        form=forms.ManagerNew,
        explain=_("The file follows the person from company to company."),
        load=load(Person),
        run=lambda *, actor, target, data, at: managers.manager_register(
            actor=actor, person=target, at=at, **data
        ),
        done=says(_("The file is open.")),
        after=made("registry:manager"),
        crumbs=PEOPLE,
    ),
    permission=MANAGER_CHANGE,
)
manager_employ = action_view(
    Action(
        title=_("Record another company of the manager"),
        button=_("Record the company"),
        form=forms.ManagerEmploy,
        load=load(Manager),
        run=lambda *, actor, target, data, at: managers.manager_employ(
            actor=actor, manager=target, at=at, **data
        ),
        done=says(_("The company is recorded.")),
        after=to("registry:manager"),
        crumbs=MANAGERS,
    ),
    permission=MANAGER_CHANGE,
)
manager_leave = action_view(
    Action(
        title=_("Record that the manager left"),
        button=_("Record the leave"),
        form=EndForm,
        danger=True,
        load=load(Manager),
        run=lambda *, actor, target, data, at: managers.manager_leave(
            actor=actor, manager=target, on_day=data["on_day"], reason=data["reason"], at=at
        ),
        done=says(_("The leave is recorded.")),
        after=lambda target, result: reverse("registry:managers"),
        crumbs=MANAGERS,
    ),
    permission=MANAGER_CHANGE,
)
manager_phone = action_view(
    Action(
        title=_("Publish a telephone"),
        button=_("Publish the telephone"),
        form=forms.PhoneForm,
        load=load(Manager),
        run=lambda *, actor, target, data, at: managers.manager_publish_phone(
            actor=actor, manager=target, phone=data["phone"], at=at
        ),
        initial=lambda row: {"phone": row.published_phone},
        done=says(_("The telephone is published.")),
        after=to("registry:manager"),
        crumbs=MANAGERS,
    ),
    permission=MANAGER_CHANGE,
)
