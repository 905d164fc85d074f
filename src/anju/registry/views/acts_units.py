"""Action pages of homes: facts, areas, owners, split and merge."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.area import m2
from anju.ui.actions import Action, action_view

from ..forms import units as forms
from ..forms.places import EndForm
from ..models import Building, Company, Unit
from ..services import changes, owners, units
from .acts_places import BUILDINGS, PROPOSED, REVIEWED, load, made, propose, says, to, trail

CHANGE = perm("registry:unit_change")
OWNER_CHANGE = perm("registry:owner_change")
PROPOSE = perm("registry:change_propose")
UNITS = trail(_("Homes and units"), "registry:units", "registry:unit")
UNIT = ("building__community", "community", "stairwell")

unit_add = action_view(
    Action(
        title=_("Add a home or unit"),
        button=_("Add the unit"),
        form=forms.UnitNew,
        load=load(Building, "community"),
        run=lambda *, actor, target, data, at: units.unit_add(
            actor=actor, building=target, at=at, **data
        ),
        done=lambda target, made: (
            gettext("Unit %(number)s is on file. Record its owners next.") % {"number": made.number}
        ),
        after=made("registry:unit"),
        crumbs=BUILDINGS,
    ),
    permission=CHANGE,
)
unit_change = action_view(
    Action(
        title=_("Change facts of the unit"),
        button=_("Save the facts"),
        form=forms.UnitFacts,
        load=load(Unit, *UNIT),
        run=lambda *, actor, target, data, at: units.unit_change(
            actor=actor, unit=target, fields=data, at=at
        ),
        initial=lambda row: {
            "number": row.number,
            "kind": row.kind,
            "floor": row.floor,
            "stairwell": str(row.stairwell_id or ""),
        },
        done=says(_("Saved. The earlier values stay in the history.")),
        after=to("registry:unit"),
        crumbs=UNITS,
    ),
    permission=CHANGE,
)
unit_measure = action_view(
    Action(
        title=_("Propose other areas of the unit"),
        button=_("Propose the areas"),
        form=forms.AreasForm,
        explain=REVIEWED,
        load=load(Unit, *UNIT),
        run=propose(
            "unit_measure",
            lambda target, data: {name: data[name] for name in units.AREA_FIELDS},
        ),
        initial=lambda row: {name: getattr(row, name) for name in units.AREA_FIELDS},
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=UNITS,
    ),
    permission=PROPOSE,
)
unit_split = action_view(
    Action(
        title=_("Split the unit"),
        button=_("Propose the split"),
        form=forms.SplitForm,
        explain=lambda target: (
            _("The unit has %(area)s m². The parts must add to exactly that; its owners own each.")
            % {"area": m2(target.area_dm2)}
        ),
        load=load(Unit, *UNIT),
        run=propose(
            "unit_split",
            lambda target, data: {"parts": data["parts"], "on_day": data["on_day"].isoformat()},
        ),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=UNITS,
    ),
    permission=PROPOSE,
)


def _merge(*, actor: Actor, target: Any, data: dict[str, Any], at: Any) -> Any:
    first, *rest = data["units"]
    return changes.change_propose(
        actor=actor,
        action="unit_merge",
        target=first,
        after={
            "units": [unit.pk for unit in rest],
            "number": data["number"],
            "on_day": data["on_day"].isoformat(),
            **({"stairwell": int(data["stairwell"])} if data["stairwell"] else {}),
            **({} if data["floor"] is None else {"floor": data["floor"]}),
        },
        reason=data["reason"],
        evidence=data["evidence"],
        at=at,
    )


unit_merge = action_view(
    Action(
        title=_("Merge homes"),
        button=_("Propose the merger"),
        form=forms.MergeForm,
        explain=_("Units of one kind with the same owners and shares become one; areas add up."),
        load=load(Building, "community"),
        run=_merge,
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=BUILDINGS,
    ),
    permission=PROPOSE,
)
unit_demolish = action_view(
    Action(
        title=_("Strike off the unit"),
        button=_("Strike off"),
        form=EndForm,
        danger=True,
        explain=_("It no longer stands. Ownership and bound accounts end that day."),
        load=load(Unit, *UNIT),
        run=lambda *, actor, target, data, at: units.unit_demolish(
            actor=actor, unit=target, on_day=data["on_day"], reason=data["reason"], at=at
        ),
        done=says(_("The unit is struck off.")),
        after=to("registry:unit"),
        crumbs=UNITS,
    ),
    permission=CHANGE,
)


def _holders(data: dict[str, Any]) -> list[owners.Holder]:
    return [
        owners.Holder(
            **{"company" if isinstance(owner, Company) else "person": owner},
            num=share[0],
            den=share[1],
        )
        for owner, share in data["holders"]
    ]


ownership_record = action_view(
    Action(
        title=_("Record the first owners"),
        button=_("Record the owners"),
        form=forms.OwnersForm,
        template="registry/owners_form.html",
        explain=_(
            "Write the identity number of a person or the credit code of a company."
            " Shares must add to exactly one."
        ),
        load=load(Unit, *UNIT),
        run=lambda *, actor, target, data, at: owners.ownership_record(
            actor=actor,
            unit=target,
            holders=_holders(data),
            on_day=data["on_day"],
            source=data["source"],
            is_unsold=data["is_unsold"],
            reason=data["reason"],
            at=at,
        ),
        done=says(_("The owners are on file.")),
        after=to("registry:unit"),
        crumbs=UNITS,
    ),
    permission=OWNER_CHANGE,
)
ownership_transfer = action_view(
    Action(
        title=_("Propose a change of owner"),
        button=_("Propose the change of owner"),
        form=forms.OwnersChangeForm,
        template="registry/owners_form.html",
        explain=_(
            "The owners of today end on the day you give. Another person reviews it;"
            " until then nothing changes."
        ),
        load=load(Unit, *UNIT),
        run=propose(
            "ownership_transfer",
            lambda target, data: {
                "holders": forms.holder_rows(data["holders"]),
                "on_day": data["on_day"].isoformat(),
                "source": data["source"],
                "is_unsold": data["is_unsold"],
            },
        ),
        done=PROPOSED,
        after=made("registry:change"),
        crumbs=UNITS,
    ),
    permission=PROPOSE,
)
