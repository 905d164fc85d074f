"""Operators' stories: looks at business rows asked for, allowed and over; a partner's key."""

from __future__ import annotations

from datetime import datetime, timedelta

from anju.access.permissions import GRANTS
from anju.access.services.elevations import (
    elevation_approve,
    elevation_ask,
    elevation_end,
    elevation_read,
    elevation_refuse,
)
from anju.access.services.keys import key_issue, key_revoke
from anju.access.states import Role
from anju.registry.models import Community, HomeBinding

from .cast import Cast


def elevations(cast: Cast, at: datetime) -> None:
    """One waiting, one refused, one over and one ended early; none that runs now."""
    rows = [f"registry.community:{c.pk}" for c in Community.objects.order_by("pk")[:3]]
    earlier = at - timedelta(hours=3)

    def ask(reason: str, when: datetime) -> object:
        return elevation_ask(
            actor=cast.actor("system-admin", when), reason=reason, rows=rows[:2], at=when
        )

    ask("核查地图轮廓未显示的问题", at)
    decider = cast.actor("security-admin", at)
    refused = ask("查看全部小区", earlier)
    elevation_refuse(actor=decider, elevation=refused, reason="理由不充分", at=earlier)  # type: ignore[arg-type]
    over = ask("处理数据导入故障", earlier)
    elevation_approve(actor=decider, elevation=over, at=earlier)  # type: ignore[arg-type]
    short = ask("核对小区编码", earlier)
    elevation_approve(actor=decider, elevation=short, at=earlier)  # type: ignore[arg-type]
    elevation_end(
        actor=cast.actor("system-admin", at),
        elevation=short,  # type: ignore[arg-type]
        at=earlier + timedelta(minutes=6),
    )


def look_at_a_home(cast: Cast, at: datetime) -> None:
    """An operator was allowed to look at the owner's home and did: the owner was told, and reads
    it in "who has read my data"."""
    binding = HomeBinding.objects.filter(user=cast.users["owner"], ended_at=None).order_by("pk")[0]
    row = f"registry.unit:{binding.unit_id}"
    earlier = at - timedelta(hours=1)
    asked = elevation_ask(
        actor=cast.actor("system-admin", earlier), reason="业主反映房屋页面打不开", rows=[row],
        at=earlier,
    )  # fmt: skip
    elevation_approve(actor=cast.actor("security-admin", at), elevation=asked, at=earlier)
    looking = earlier + timedelta(minutes=2)
    elevation_read(
        actor=cast.actor("system-admin", looking), page=f"/registry/units/{binding.unit_id}/",
        rows=[row], at=looking,
    )  # fmt: skip


def keys(cast: Cast, at: datetime) -> None:
    """A partner's key in use and one revoked; the keys themselves are kept by nobody."""
    scopes = sorted(GRANTS[Role.API_PARTNER])[:2]
    issuer = next(
        (
            u
            for u in ("security-admin", "system-admin")
            if cast.actor(u, at).can("access:key_issue")
        ),
        None,
    )
    if not scopes or issuer is None:
        return
    actor = cast.actor(issuer, at)
    for name in ("热线平台", "热线平台（旧）"):
        key, _secret = key_issue(
            actor=actor, organisation=cast.organisations["hotline"], name=name, scopes=scopes,
            expires_at=at + timedelta(days=300), at=at,
        )  # fmt: skip
    key_revoke(actor=actor, key=key, reason="更换密钥", at=at)
