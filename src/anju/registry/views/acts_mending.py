"""Action pages that mend wrong data: numbers, codes, first days, striking off, reopening."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.ui.actions import Action, action_view

from ..forms import mending as forms
from ..forms.parties import ReasonForm
from ..forms.places import EndForm, RecodeForm
from ..models import (
    Building,
    Community,
    Company,
    ManagementArea,
    Manager,
    Person,
    Project,
    Stairwell,
)
from ..services import communities, companies, corrections, managers, people, projects
from ..tables.cells import link
from .acts_parties import COMPANIES, MANAGERS, PEOPLE
from .acts_places import (
    AREAS,
    BUILDINGS,
    COMMUNITIES,
    PROJECTS,
    PROPOSED,
    REVIEWED,
    load,
    made,
    propose,
    says,
    to,
)

COMMUNITY_CHANGE = perm("registry:community_change")
MANAGER_CHANGE = perm("registry:manager_change")
PERSON_CHANGE = perm("registry:person_change")
PROPOSE = perm("registry:change_propose")
REOPEN = perm("registry:file_reopen")
KEPT = says(_("Saved. The earlier values stay in the history."))


def _of_stairwell(target: Any) -> list[tuple[str, str]]:
    return BUILDINGS(target.building)  # type: ignore[no-any-return]


building_renumber = action_view(
    Action(
        title=_("Correct the number of the building"),
        button=_("Save the number"),
        form=forms.NumberForm,
        load=load(Building, "community"),
        run=lambda *, actor, target, data, at: corrections.building_renumber(
            actor=actor, building=target, number=data["number"], reason=data["reason"], at=at
        ),
        initial=lambda row: {"number": row.number},
        done=KEPT,
        after=to("registry:building"),
        crumbs=BUILDINGS,
    ),
    permission=COMMUNITY_CHANGE,
)
building_demolish = action_view(
    Action(
        title=_("Strike off the building"),
        button=_("Strike off"),
        form=EndForm,
        danger=True,
        explain=_("It no longer stands. Its units must be struck off before."),
        load=load(Building, "community"),
        run=lambda *, actor, target, data, at: corrections.building_demolish(
            actor=actor, building=target, on_day=data["on_day"], reason=data["reason"], at=at
        ),
        done=says(_("The building is struck off.")),
        after=to("registry:building"),
        crumbs=BUILDINGS,
    ),
    permission=COMMUNITY_CHANGE,
)
stairwell_renumber = action_view(
    Action(
        title=_("Correct the number of the stairwell"),
        button=_("Save the number"),
        form=forms.NumberForm,
        load=load(Stairwell, "building__community"),
        run=lambda *, actor, target, data, at: corrections.stairwell_renumber(
            actor=actor, stairwell=target, number=data["number"], reason=data["reason"], at=at
        ),
        initial=lambda row: {"number": row.number},
        done=KEPT,
        after=lambda target, result: link("registry:building", target.building_id),
        crumbs=_of_stairwell,
    ),
    permission=COMMUNITY_CHANGE,
)
stairwell_remove = action_view(
    Action(
        title=_("Strike off the stairwell"),
        button=_("Strike off"),
        form=ReasonForm,
        danger=True,
        explain=_("Only a stairwell in which no unit was ever recorded."),
        load=load(Stairwell, "building__community"),
        run=lambda *, actor, target, data, at: corrections.stairwell_remove(
            actor=actor, stairwell=target, reason=data["reason"], at=at
        ),
        done=says(_("The stairwell is struck off.")),
        after=lambda target, result: link("registry:building", result.pk),
        crumbs=_of_stairwell,
    ),
    permission=COMMUNITY_CHANGE,
)
area_recode = action_view(
    Action(
        title=_("Propose another code of the area"),
        button=_("Propose the code"),
        form=RecodeForm,
        explain=REVIEWED,
        load=load(ManagementArea),
        run=propose("area_recode", lambda target, data: {"code": data["code"]}),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=AREAS,
    ),
    permission=PROPOSE,
)
project_recode = action_view(
    Action(
        title=_("Propose another code of the project"),
        button=_("Propose the code"),
        form=RecodeForm,
        explain=REVIEWED,
        load=load(Project, "company", "management_area"),
        run=propose("project_recode", lambda target, data: {"code": data["code"]}),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=PROJECTS,
    ),
    permission=PROPOSE,
)
project_redate = action_view(
    Action(
        title=_("Propose another first day of the project"),
        button=_("Propose the day"),
        form=forms.FirstDayForm,
        explain=REVIEWED,
        load=load(Project, "company", "management_area"),
        run=propose("project_redate", lambda target, data: {"on_day": data["on_day"].isoformat()}),
        initial=lambda row: {"on_day": row.period.lower},
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=PROJECTS,
    ),
    permission=PROPOSE,
)
manager_enter = action_view(
    Action(
        title=_("Open a manager's file"),
        button=_("Open the file"),
        form=forms.ManagerEnter,
        explain=_("The file follows the person from company to company."),
        run=lambda *, actor, target, data, at: managers.manager_enter(actor=actor, at=at, **data),
        done=says(_("The file is open.")),
        after=made("registry:manager"),
        crumbs=MANAGERS,
    ),
    permission=MANAGER_CHANGE,
)
manager_change = action_view(
    Action(
        title=_("Correct the certificate"),
        button=_("Save the certificate"),
        form=forms.CertificateForm,
        load=load(Manager),
        run=lambda *, actor, target, data, at: corrections.manager_change(
            actor=actor, manager=target, at=at, **data
        ),
        initial=lambda row: {"certificate_number": row.certificate_number},
        done=KEPT,
        after=to("registry:manager"),
        crumbs=MANAGERS,
    ),
    permission=MANAGER_CHANGE,
)
manager_retire = action_view(
    Action(
        title=_("Record that the manager left the trade"),
        button=_("Record the leave"),
        form=ReasonForm,
        danger=True,
        explain=_("Recording another company brings the manager back."),
        load=load(Manager),
        run=lambda *, actor, target, data, at: corrections.manager_retire(
            actor=actor, manager=target, reason=data["reason"], at=at
        ),
        done=says(_("The leave is recorded.")),
        after=to("registry:manager"),
        crumbs=MANAGERS,
    ),
    permission=MANAGER_CHANGE,
)
community_reopen = action_view(
    Action(
        title=_("Reopen the community"),
        button=_("Reopen"),
        form=ReasonForm,
        explain=_("It was closed by mistake: it is in use again, and found again."),
        load=load(Community),
        run=lambda *, actor, target, data, at: communities.community_reopen(
            actor=actor, community=target, reason=data["reason"], at=at
        ),
        done=says(_("It is open again.")),
        after=to("registry:community"),
        crumbs=COMMUNITIES,
    ),
    permission=REOPEN,
)
area_reopen = action_view(
    Action(
        title=_("Reopen the management area"),
        button=_("Reopen"),
        form=ReasonForm,
        explain=_("It is in force again; put its buildings in anew."),
        load=load(ManagementArea),
        run=lambda *, actor, target, data, at: projects.area_reopen(
            actor=actor, management_area=target, reason=data["reason"], at=at
        ),
        done=says(_("It is open again.")),
        after=to("registry:area"),
        crumbs=AREAS,
    ),
    permission=REOPEN,
)
company_reopen = action_view(
    Action(
        title=_("Put the company back in business"),
        button=_("Reopen"),
        form=ReasonForm,
        explain=_("It was closed by mistake: it is in use again, and found again."),
        load=load(Company),
        run=lambda *, actor, target, data, at: companies.company_reopen(
            actor=actor, company=target, reason=data["reason"], at=at
        ),
        done=says(_("It is open again.")),
        after=to("registry:company"),
        crumbs=COMPANIES,
    ),
    permission=REOPEN,
)
person_identity = action_view(
    Action(
        title=_("Propose another identity number"),
        button=_("Propose the number"),
        form=forms.IdentityForm,
        explain=_("It is sealed at once; the second person sees it masked."),
        load=load(Person),
        run=propose(
            "person_identity_change",
            lambda target, data: people.identity_proposal(target, data["id_number"]),
        ),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=PEOPLE,
    ),
    permission=PERSON_CHANGE,
)
person_erase = action_view(
    Action(
        title=_("Propose to erase the numbers"),
        button=_("Propose the erasure"),
        form=forms.ErasureForm,
        danger=True,
        explain=_(
            "After review nobody can read the numbers again, here or in the history. A backup made"
            " before holds them until it is destroyed. The name stays."
        ),
        load=load(Person),
        run=propose("person_erase", lambda target, data: {"erase": True}),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=PEOPLE,
    ),
    permission=PERSON_CHANGE,
)
