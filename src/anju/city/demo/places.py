"""Places change: one renaming in force, one merger that waits for a second person."""

from __future__ import annotations

from datetime import datetime, timedelta

from anju.core.time import legal_day
from anju.reference.models import Area
from anju.reference.services import change_confirm, change_propose
from anju.reference.services.changes import Draft
from anju.reference.states import AreaLevel

from .cast import Cast


def changes(cast: Cast, at: datetime) -> None:
    """A committee renamed a year ago, and two sub-districts that are to become one."""
    clerk, confirmer = cast.actor("desk-clerk", at), cast.actor("desk-confirmer", at)
    today = legal_day(at)
    committee = Area.objects.filter(level=AreaLevel.COMMITTEE).order_by("pk").last()
    street = Area.objects.filter(level=AreaLevel.SUBDISTRICT).order_by("pk").last()
    if committee is None or street is None:
        return
    renamed = Draft(
        kind="renamed",
        area=committee,
        plan={"name": f"新{committee.name}"},
        effective_on=today - timedelta(days=365),
        document="云澜政发〔2025〕18号",
        source="云澜市人民政府关于社区更名的批复",
    )
    change = change_propose(actor=clerk, draft=renamed, at=at)
    change_confirm(actor=confirmer, change=change, at=at)
    beside = (
        Area.objects.filter(level=AreaLevel.SUBDISTRICT, district_id=street.district_id)
        .exclude(pk=street.pk)
        .order_by("pk")
        .first()
    ) or Area.objects.filter(level=AreaLevel.SUBDISTRICT).exclude(pk=street.pk).first()
    if beside is not None:
        merged = Draft(
            kind="merged",
            area=street,
            plan={"into": beside.pk},
            effective_on=today + timedelta(days=30),
            document="云澜政发〔2026〕31号",
            source="云澜市人民政府关于街道合并的批复",
        )
        change_propose(actor=clerk, draft=merged, at=at)
