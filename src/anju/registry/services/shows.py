"""What the register puts on public show: how a management area is delimited."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation
from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, Refused
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.flow.kinds import PublicityKind
from anju.flow.models import Publicity
from anju.flow.policies import ANSWERING_ROLE
from anju.flow.services import publicity_start, task_open
from anju.flow.states import ObjectionState, Words

from ..models import ManagementArea
from ..policies import may
from ..states import AreaState

SHOW = perm("flow:publicity_start")
AREA_SHOWN = journal.declare("registry.area_shown", _("The show of a management area ended"))


@service
def area_show(
    *, actor: Actor, management_area: ManagementArea, ends_on: date, at: datetime
) -> Publicity:
    """Put the buildings of a management area on public show, in the name of the actor's body.

    Raises:
        Refused: the post may not, or belongs to no body that answers objections.
        Conflict: the area is closed, has no building, or is on show already.
        InvalidInput: the show is shorter than the city's rule asks.
    """
    may(actor, SHOW, management_area).require()
    organiser = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    if organiser is None:
        raise Refused(_("A notice is shown in the name of one's own body only."))
    if management_area.state == AreaState.CLOSED:
        raise Conflict(_("The area is closed."))
    # The notice is an official text: Chinese, whatever language its clerk reads.
    with translation.override("zh-hans"):
        title = gettext("Notice of the delimitation of the management area %(name)s") % {
            "name": management_area.name
        }
        rows = _rows(management_area, legal_day(at))
    if not rows:
        raise Conflict(_("The area has no building. Put buildings in first."))
    return publicity_start(
        actor=actor,
        at=at,
        kind=DELIMITATION.name,
        title=title[:160],
        subject=management_area,
        rows=rows,
        area=management_area.area,
        organiser=organiser,
        ends_on=ends_on,
    )


def _rows(management_area: ManagementArea, day: date) -> list[dict[str, str]]:
    members = management_area.buildings.filter(period__contains=day).select_related(
        "building__community"
    )
    return [
        {
            "label": gettext("%(community)s, building %(number)s")
            % {"community": member.building.community.name, "number": member.building.number},
            "value": gettext("%(n)s floors") % {"n": member.building.floors}
            if member.building.floors
            else "",
        }
        for member in members.order_by("building__community__sort_key", "building__sort_key", "pk")
    ]


def _ended(*, publicity: Publicity, actor: Actor, at: datetime) -> None:
    """Keep the outcome; when an objection was upheld, the organiser is to correct the area."""
    area = ManagementArea.objects.get(pk=publicity.subject_id)
    upheld = publicity.objections.filter(state=ObjectionState.UPHELD).count()
    journal.record(
        actor=actor,
        action=AREA_SHOWN,
        target=area,
        at=at,
        changes={"publicity": [None, publicity.pk], "upheld": [None, upheld]},
    )
    if upheld:
        task_open(
            actor=actor,
            at=at,
            kind="registry.area_correct",
            title=Words(
                gettext_noop("Correct the delimitation, objections were upheld: %(name)s"),
                name=area.name,
            ),
            subject=area,
            link=f"/registry/areas/{area.pk}/",
            role=ANSWERING_ROLE[publicity.organiser.kind],
            area=publicity.organiser.area or publicity.area,
            organisation=publicity.organiser,
        )


DELIMITATION = PublicityKind(
    name="registry.area_delimitation",
    label=_("Delimitation of a management area"),
    days_min=settings.AREA_SHOW_DAYS,
    basis=_("rule of the city on the delimitation of management areas"),
    ended=_ended,
)
