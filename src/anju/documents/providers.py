"""The extract this app gives itself: an area of responsibility."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.core.actors import Actor
from anju.core.errors import NotFound
from anju.core.time import legal_day
from anju.reference.models import Area
from anju.reference.queries import area_counts, area_path
from anju.reference.states import AreaLevel

from .extracts import Extract, ExtractProvider
from .rules.content import Facts


def area_extract(actor: Actor, key: int, at: datetime) -> Extract:
    """What the register holds of an area.

    Raises:
        NotFound: there is no such area.
    """
    area = Area.objects.visible_to(actor).filter(pk=key).first()
    if area is None:
        raise NotFound("")
    counts = area_counts(actor, area, day=legal_day(at))
    rows = [
        (_("Name"), area.name),
        (_("Code"), area.code),
        (_("Kind"), area.get_kind_display()),
        (_("Lies in"), " · ".join(above.name for above in area_path(area)) or "—"),
        (_("From"), area.valid_from.isoformat()),
        *((str(AreaLevel(level).label), str(count)) for level, count in counts.items()),
    ]
    return Extract(
        subject=area,
        label=area.name,
        title=_("Register extract: %(name)s") % {"name": area.name},
        area=area,
        blocks=(Facts(rows=tuple((str(label), value) for label, value in rows)),),
        url=reverse("reference:area_detail", args=[area.pk]),
    )


AREA = ExtractProvider(
    name="area", label=gettext_lazy("Areas of responsibility"), extract=area_extract
)
