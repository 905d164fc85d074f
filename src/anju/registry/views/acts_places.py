"""Action pages of communities, buildings, management areas and projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.ui.actions import Action, action_view

from ..forms import places as forms
from ..models import Building, Community, ManagementArea, Project
from ..services import changes, communities, projects
from ..tables.cells import link
from .places import desk_crumbs

COMMUNITY_CHANGE = perm("registry:community_change")
AREA_CHANGE = perm("registry:area_change")
PROJECT_CHANGE = perm("registry:project_change")
STAFF = perm("registry:project_staff")
PROPOSE = perm("registry:change_propose")
REVIEWED = _("Another person reviews it; until then nothing changes.")


def load(model: Any, *related: str) -> Callable[..., Any]:
    """The scoped object by its key, or 404."""

    def scoped(actor: Actor, pk: int) -> Any:
        return get_object_or_404(model.objects.visible_to(actor).select_related(*related), pk=pk)

    return scoped


def to(name: str) -> Callable[[Any, Any], str]:
    """Back to the page of what was acted on."""
    return lambda target, result: link(name, target.pk)


def made(name: str) -> Callable[[Any, Any], str]:
    """To the page of what was made."""
    return lambda target, result: link(name, result.pk)


def says(words: Any) -> Callable[[Any, Any], str]:
    """One sentence after the act."""
    return lambda target, result: str(words)


def trail(list_words: Any, list_name: str, page: str = "") -> Callable[[Any], Any]:
    """Desk / list / object."""

    def crumbs(target: Any) -> list[tuple[str, str]]:
        found = desk_crumbs((str(list_words), reverse(list_name)))
        if target is not None and page:
            found.append((str(target), link(page, target.pk)))
        return found

    return crumbs


COMMUNITIES = trail(_("Communities"), "registry:communities", "registry:community")
BUILDINGS = trail(_("List of buildings"), "registry:buildings", "registry:building")
AREAS = trail(_("Management areas"), "registry:areas", "registry:area")
PROJECTS = trail(_("Projects"), "registry:projects", "registry:project")


def propose(action: str, fields: Callable[[Any, dict[str, Any]], dict[str, Any]]) -> Any:
    """A run that proposes a change for a second person."""

    def run(*, actor: Actor, target: Any, data: dict[str, Any], at: Any) -> Any:
        return changes.change_propose(
            actor=actor,
            action=action,
            target=target,
            after=fields(target, data),
            reason=data["reason"],
            evidence=data["evidence"],
            at=at,
        )

    run.__name__ = f"propose_{action}"
    return run


PROPOSED = says(_("Proposed. Another person reviews it; until then nothing changes."))
renamed = {"form": forms.RenameForm, "explain": REVIEWED, "button": _("Propose the name")}


def name_on_day(target: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {"name": data["name"], "on_day": data["on_day"].isoformat()}


def _register(*, actor: Actor, target: Any, data: dict[str, Any], at: Any) -> Community:
    facts = forms.community_facts(data)
    return communities.community_register(
        actor=actor,
        area=data["area"],
        code=data["code"],
        name=data["name"],
        kind=facts.pop("kind"),
        aliases=data["aliases"],
        fields=facts,
        at=at,
    )


community_new = action_view(
    Action(
        title=_("Register a community"),
        button=_("Register the community"),
        form=forms.CommunityNew,
        run=_register,
        done=lambda target, made: (
            gettext("%(name)s is on file. Add its buildings next.") % {"name": made}
        ),
        after=made("registry:community"),
        crumbs=COMMUNITIES,
        explain=_("It stands in the register from today, at the place you choose."),
    ),
    permission=COMMUNITY_CHANGE,
)


def _change_community(*, actor: Actor, target: Any, data: dict[str, Any], at: Any) -> Community:
    return communities.community_change(
        actor=actor,
        community=target,
        aliases=data["aliases"],
        fields=forms.community_facts(data),
        at=at,
    )


def _community_initial(row: Community) -> dict[str, Any]:
    names = ("kind", "is_old", "address", "built_year", "longitude", "latitude")
    return {name: getattr(row, name) for name in names} | {
        "developer": row.developer.code if row.developer else "",
        "aliases": ", ".join(alias.name for alias in row.aliases.all()),
    }


community_change = action_view(
    Action(
        title=_("Change facts of the community"),
        button=_("Save the facts"),
        form=forms.CommunityFacts,
        load=load(Community, "developer"),
        run=_change_community,
        initial=_community_initial,
        done=says(_("Saved. The earlier values stay in the history.")),
        after=to("registry:community"),
        crumbs=COMMUNITIES,
    ),
    permission=COMMUNITY_CHANGE,
)
community_rename = action_view(
    Action(
        title=_("Propose another name of the community"),
        load=load(Community),
        run=propose("community_rename", name_on_day),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=COMMUNITIES,
        **renamed,  # type: ignore[arg-type]
    ),
    permission=PROPOSE,
)
community_recode = action_view(
    Action(
        title=_("Propose another code of the community"),
        button=_("Propose the code"),
        form=forms.RecodeForm,
        explain=REVIEWED,
        load=load(Community),
        run=propose("community_recode", lambda target, data: {"code": data["code"]}),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=COMMUNITIES,
    ),
    permission=PROPOSE,
)
community_move = action_view(
    Action(
        title=_("Move the community to another place"),
        button=_("Move the community"),
        form=forms.MoveForm,
        explain=_("Its buildings, homes and bound accounts follow. You see it while it is yours."),
        load=load(Community),
        run=lambda *, actor, target, data, at: communities.community_move(
            actor=actor, community=target, area=data["area"], at=at
        ),
        done=says(_("Moved. Officials of the new place see it from now on.")),
        after=lambda target, result: reverse("registry:communities"),
        crumbs=COMMUNITIES,
    ),
    permission=COMMUNITY_CHANGE,
)
community_close = action_view(
    Action(
        title=_("Close the community"),
        button=_("Close the community"),
        form=forms.EndForm,
        danger=True,
        explain=_("A closed community stays readable; nothing can be added to it."),
        load=load(Community),
        run=lambda *, actor, target, data, at: communities.community_close(
            actor=actor, community=target, on_day=data["on_day"], reason=data["reason"], at=at
        ),
        done=says(_("The community is closed.")),
        after=to("registry:community"),
        crumbs=COMMUNITIES,
    ),
    permission=COMMUNITY_CHANGE,
)

BUILDING_FACTS = tuple(forms.BuildingFacts.base_fields)


def _building_fields(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in BUILDING_FACTS}


building_add = action_view(
    Action(
        title=_("Add a building"),
        button=_("Add the building"),
        form=forms.BuildingNew,
        load=load(Community),
        run=lambda *, actor, target, data, at: communities.building_add(
            actor=actor,
            community=target,
            number=data["number"],
            stairwells=data["stairwells"],
            fields=_building_fields(data),
            at=at,
        ),
        done=lambda target, made: (
            gettext("Building %(number)s is on file.") % {"number": made.number}
        ),
        after=made("registry:building"),
        crumbs=COMMUNITIES,
    ),
    permission=COMMUNITY_CHANGE,
)
building_change = action_view(
    Action(
        title=_("Change facts of the building"),
        button=_("Save the facts"),
        form=forms.BuildingFacts,
        load=load(Building, "community"),
        run=lambda *, actor, target, data, at: communities.building_change(
            actor=actor, building=target, fields=_building_fields(data), at=at
        ),
        initial=lambda row: {name: getattr(row, name) for name in BUILDING_FACTS},
        done=says(_("Saved. The earlier values stay in the history.")),
        after=to("registry:building"),
        crumbs=BUILDINGS,
    ),
    permission=COMMUNITY_CHANGE,
)
building_move = action_view(
    Action(
        title=_("Move the building to another place"),
        button=_("Move the building"),
        form=forms.MoveForm,
        explain=_("Its homes follow. The community stays where it is."),
        load=load(Building, "community"),
        run=lambda *, actor, target, data, at: communities.building_move(
            actor=actor, building=target, area=data["area"], at=at
        ),
        done=says(_("Moved. Officials of the new place see it from now on.")),
        after=lambda target, result: reverse("registry:buildings"),
        crumbs=BUILDINGS,
    ),
    permission=COMMUNITY_CHANGE,
)
stairwell_add = action_view(
    Action(
        title=_("Add a stairwell"),
        button=_("Add the stairwell"),
        form=forms.StairwellNew,
        load=load(Building, "community"),
        run=lambda *, actor, target, data, at: communities.stairwell_add(
            actor=actor, building=target, number=data["number"], has_lift=data["has_lift"], at=at
        ),
        done=says(_("The stairwell is on file.")),
        after=to("registry:building"),
        crumbs=BUILDINGS,
    ),
    permission=COMMUNITY_CHANGE,
)

area_new = action_view(
    Action(
        title=_("Delimit a management area"),
        button=_("Delimit the area"),
        form=forms.AreaNew,
        explain=_("Contracts, fund accounts and votes hang on the area, not on the community."),
        run=lambda *, actor, target, data, at: projects.area_delimit(
            actor=actor,
            area=data["area"],
            code=data["code"],
            name=data["name"],
            buildings=data["buildings"],
            on_day=data["on_day"],
            at=at,
        ),
        done=lambda target, made: gettext("%(name)s is delimited.") % {"name": made},
        after=made("registry:area"),
        crumbs=AREAS,
    ),
    permission=AREA_CHANGE,
)
area_rename = action_view(
    Action(
        title=_("Propose another name of the area"),
        load=load(ManagementArea),
        run=propose("area_rename", name_on_day),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=AREAS,
        **renamed,  # type: ignore[arg-type]
    ),
    permission=PROPOSE,
)
area_assign = action_view(
    Action(
        title=_("Put buildings in the area"),
        button=_("Put the buildings in"),
        form=forms.AreaBuildings,
        explain=_("Each building leaves the area it was in on that day."),
        load=load(ManagementArea),
        run=lambda *, actor, target, data, at: projects.building_assign(
            actor=actor,
            management_area=target,
            buildings=data["buildings"],
            on_day=data["on_day"],
            at=at,
        ),
        done=says(_("The buildings belong to the area.")),
        after=to("registry:area"),
        crumbs=AREAS,
    ),
    permission=AREA_CHANGE,
)
area_release = action_view(
    Action(
        title=_("Take buildings out of the area"),
        button=_("Take the buildings out"),
        form=forms.AreaBuildings,
        load=load(ManagementArea),
        run=lambda *, actor, target, data, at: projects.building_release(
            actor=actor,
            management_area=target,
            buildings=data["buildings"],
            on_day=data["on_day"],
            at=at,
        ),
        done=says(_("The buildings are out of the area from that day.")),
        after=to("registry:area"),
        crumbs=AREAS,
    ),
    permission=AREA_CHANGE,
)
area_close = action_view(
    Action(
        title=_("Close the management area"),
        button=_("Close the area"),
        form=forms.EndForm,
        danger=True,
        load=load(ManagementArea),
        run=lambda *, actor, target, data, at: projects.area_close(
            actor=actor,
            management_area=target,
            on_day=data["on_day"],
            reason=data["reason"],
            at=at,
        ),
        done=says(_("The area is closed; its buildings are free.")),
        after=to("registry:area"),
        crumbs=AREAS,
    ),
    permission=AREA_CHANGE,
)


def _start(*, actor: Actor, target: Any, data: dict[str, Any], at: Any) -> Project:
    fees = {"home": data["fee_home"], "commercial": data["fee_commercial"]}
    return projects.project_start(
        actor=actor,
        management_area=target,
        company=data["company"],
        code=data["code"],
        from_day=data["from_day"],
        to_day=data["to_day"],
        fees={kind: fen for kind, fen in fees.items() if fen is not None},
        at=at,
    )


project_start = action_view(
    Action(
        title=_("Start a project"),
        button=_("Start the project"),
        form=forms.ProjectNew,
        explain=_("One company serves an area at a time."),
        load=load(ManagementArea),
        run=_start,
        done=lambda target, made: (
            gettext("%(company)s serves the area.") % {"company": made.company}
        ),
        after=made("registry:project"),
        crumbs=AREAS,
    ),
    permission=PROJECT_CHANGE,
)
project_end = action_view(
    Action(
        title=_("End the project"),
        button=_("End the project"),
        form=forms.EndForm,
        danger=True,
        explain=_("Fees and the manager's assignment end with it."),
        load=load(Project, "company", "management_area"),
        run=lambda *, actor, target, data, at: projects.project_end(
            actor=actor, project=target, on_day=data["on_day"], reason=data["reason"], at=at
        ),
        done=says(_("The project has ended.")),
        after=to("registry:project"),
        crumbs=PROJECTS,
    ),
    permission=PROJECT_CHANGE,
)
project_fee = action_view(
    Action(
        title=_("Propose another fee"),
        button=_("Propose the fee"),
        form=forms.FeeForm,
        explain=REVIEWED,
        load=load(Project, "company", "management_area"),
        run=propose(
            "project_fee_change",
            lambda target, data: {
                "unit_kind": data["unit_kind"],
                "fee_fen": data["fee_fen"],
                "on_day": data["from_day"].isoformat(),
            },
        ),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=PROJECTS,
    ),
    permission=PROPOSE,
)
project_manager = action_view(
    Action(
        title=_("Name the manager"),
        button=_("Name the manager"),
        form=forms.ProjectManagerForm,
        load=load(Project, "company", "management_area"),
        run=lambda *, actor, target, data, at: projects.project_manager_change(
            actor=actor,
            project=target,
            manager=data["manager"],
            from_day=data["from_day"],
            at=at,
        ),
        done=says(_("The manager is named.")),
        after=to("registry:project"),
        crumbs=PROJECTS,
    ),
    permission=STAFF,
)
