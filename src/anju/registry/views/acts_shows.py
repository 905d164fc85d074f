"""Action page that puts a management area on public show."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.core.time import legal_day
from anju.ui.actions import Action, action_view

from ..forms import places as forms
from ..models import ManagementArea
from ..services import shows
from .acts_places import AREAS, load, says

area_show = action_view(
    Action(
        title=_("Put the delimitation on public show"),
        button=_("Put it on show"),
        form=forms.ShowForm,
        explain=_(
            "Its buildings of today are frozen and shown to everybody; what changes later does not"
            " change the notice."
        ),
        load=load(ManagementArea),
        initial=lambda target: {
            "ends_on": legal_day(timezone.now()) + timedelta(days=settings.AREA_SHOW_DAYS - 1)
        },
        run=lambda *, actor, target, data, at: shows.area_show(
            actor=actor, management_area=target, ends_on=data["ends_on"], at=at
        ),
        done=says(_("On show from today. You get a to-do for every objection.")),
        after=lambda target, result: reverse("flow:publicity_detail", args=[result.pk]),
        crumbs=AREAS,
    ),
    permission=shows.SHOW,
)
