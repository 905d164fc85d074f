"""What has ended or not begun: a merged and a demolished unit, closed files, an erased person."""

from __future__ import annotations

from datetime import datetime, timedelta

from anju.core.actors import SYSTEM
from anju.core.time import legal_day
from anju.registry.models import ManagementArea, Project, Unit
from anju.registry.services import (
    area_close,
    change_approve,
    change_propose,
    community_close,
    community_register,
    company_close,
    company_register,
    person_erase,
    person_register,
    project_start,
    unit_demolish,
)

from ..rules import codes
from .cast import Cast


def endings(cast: Cast, at: datetime) -> None:
    """Every end that the register knows, each reached by its own service."""
    today = legal_day(at)
    clerk, reviewer = cast.actor("desk-clerk", at), cast.actor("desk-confirmer", at)
    parts = list(Unit.objects.filter(number__endswith="A", state="active").order_by("pk")[:1])
    for part in parts:
        other = Unit.objects.get(building=part.building, number=f"{part.number[:-1]}B")
        merge = change_propose(
            actor=clerk, action="unit_merge", target=part, at=at, reason="分户后重新合并",
            after={
                "units": [other.pk],
                "number": f"{part.number[:-1]}合",
                "on_day": today.isoformat(),
            },
        )  # fmt: skip
        change_approve(actor=reviewer, change=merge, at=at)
    shed = Unit.objects.filter(kind="storage", state="active").order_by("pk")[0]
    unit_demolish(actor=clerk, unit=shed, on_day=today, reason="违建储藏室拆除", at=at)
    community = community_register(
        actor=SYSTEM, area=cast.places["committee"], code="XQ900001", name="渔埠老院", kind="old",
        at=at, named_from=today - timedelta(days=9_000),
    )  # fmt: skip
    community_close(actor=SYSTEM, community=community, on_day=today, reason="整体征收拆除", at=at)
    company = company_register(
        actor=SYSTEM, code=codes.credit_code(300_001), name="云澜旧榆物业服务有限公司",
        kind="property", at=at, named_from=today - timedelta(days=4_000),
    )  # fmt: skip
    company_close(actor=SYSTEM, company=company, reason="企业注销", at=at)
    served = Project.objects.filter(period__endswith=None).values("management_area")
    idle = ManagementArea.objects.exclude(pk__in=served).order_by("-pk")[0]
    area_close(
        actor=SYSTEM, management_area=idle, on_day=today, reason="并入相邻物业管理区域", at=at
    )
    later = ManagementArea.objects.exclude(pk__in=served).filter(state="active").order_by("-pk")[0]
    project_start(
        actor=clerk, management_area=later, company=cast.company, code="XM900001",
        from_day=today + timedelta(days=30), fees={"home": 150}, at=at,
    )  # fmt: skip
    person = person_register(actor=SYSTEM, name="陶然", at=at, phone=codes.phone(92_000_000))
    person_erase(actor=SYSTEM, person=person, reason="本人申请删除", at=at)
