"""Partners' stories: reports of wrong values in every state, and webhooks that arrive or do not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from anju.access.models import ApiKey
from anju.access.queries import partner_actor
from anju.core.actors import Actor
from anju.core.time import legal_day
from anju.partners.models import CorrectionReport, Endpoint
from anju.partners.sending import Outcome
from anju.partners.services.deliveries import deliveries_send_due
from anju.partners.services.endpoints import endpoint_create
from anju.partners.services.events import event_record, events_dispatch
from anju.partners.services.reports import (
    report_accept,
    report_correct,
    report_receive,
    report_refuse,
    report_withdraw,
)
from anju.partners.states import EventKind
from anju.registry.models import ChangeRequest, Community, Company, ManagerAssignment
from anju.registry.services import community_change

from ..rules import codes
from .cast import Cast

_SHOWN = "热线平台"


def _partner() -> Actor:
    return partner_actor(ApiKey.objects.get(name=_SHOWN, revoked_at=None))


def _endpoints(cast: Cast, at: datetime) -> None:
    keeper = cast.actor("security-admin", at)
    rows = (
        (cast.organisations["hotline"], "热线工单回调", "https://hotline.yunlan.example/anju"),
        (cast.organisations["data"], "数据共享平台", "https://share.yunlan.example/events"),
    )
    for organisation, name, address in rows:
        endpoint_create(
            actor=keeper, organisation=organisation, name=name, address=address,
            kinds=EventKind.values, at=at,
        )  # fmt: skip


def reports(cast: Cast, at: datetime) -> None:
    """Reports that wait, are under review, corrected, refused and withdrawn."""
    _endpoints(cast, at - timedelta(days=20))
    partner, clerk = _partner(), cast.actor("desk-clerk", at)
    here = Community.objects.filter(state="active", committee=cast.places["committee"])
    waiting = ChangeRequest.objects.filter(action="community_rename", state="proposed")
    free = (
        Community.objects.filter(state="active")
        .exclude(pk__in=here)
        .exclude(pk__in=waiting.values("target_id"))
        .order_by("pk")
    )
    company = Company.objects.filter(kind="property", state="active").order_by("pk")[1]
    leader = ManagerAssignment.objects.get(project=cast.project, period__endswith=None).manager

    def report(
        kind: str, subject: Any, field: str, right: str, why: str, days: int, **more: Any
    ) -> CorrectionReport:
        return report_receive(
            actor=partner, at=at - timedelta(days=days), kind=kind, subject_id=subject.pk,
            field=field, stated=more.get("stated", ""), right=right, evidence=why,
            reference=f"RX2026-{CorrectionReport.objects.count() + 1:04d}",
        )  # fmt: skip

    first = here.order_by("pk")[0]
    report(
        "community", first, "name", f"{first.name}（一期）",
        "市民来电反映，小区大门石刻与登记名称不一致，附现场照片编号0231。", 1, stated=first.name,
    )  # fmt: skip
    report(
        "community", first, "built_year", "2009", "竣工验收备案表载明竣工年份。", 2,
        stated=str(first.built_year or ""),
    )  # fmt: skip
    report("company", company, "telephone", codes.phone(93_000_001), "公布的电话三日无人接听。", 3)
    report(
        "manager", leader, "telephone", codes.phone(93_000_002), "业主反映公布的电话已停用。", 4,
        stated=leader.published_phone,
    )  # fmt: skip
    accepted, corrected, refused, withdrawn = free[:4]
    one = report(
        "community", accepted, "name", f"{accepted.name}北区", "地名办批复文件第12号。", 9,
        stated=accepted.name,
    )  # fmt: skip
    report_accept(
        actor=clerk, report=one, value=one.right_value, on_day=legal_day(at) - timedelta(days=30),
        at=at - timedelta(days=7), answer="已提出更名，待复核",
    )  # fmt: skip
    two = report(
        "community", corrected, "address", "云澜市望江路88号", "门牌与登记地址不符。", 12,
        stated=corrected.address,
    )  # fmt: skip
    report_correct(
        actor=clerk, report=two, answer="已按门牌核对并更正地址", at=at - timedelta(days=10)
    )
    three = report(
        "community", refused, "code", "XQ000999", "来电人自述。", 14, stated=refused.code
    )
    report_refuse(
        actor=clerk, report=three, answer="编码由系统编制，与备案一致", at=at - timedelta(days=13)
    )
    four = report("community", withdrawn, "built_year", "1998", "重复提交。", 15)
    report_withdraw(actor=partner, report=four, at=at - timedelta(days=15))


def webhooks(cast: Cast, at: datetime) -> None:
    """Deliveries that arrived, that wait for their next try, and one endpoint that is gone."""
    then = at - timedelta(days=6)
    events_dispatch(at=then)
    gone = Endpoint.objects.get(organisation=cast.organisations["data"]).address

    def carry(address: str, **_what: Any) -> Outcome:
        if address == gone:
            return Outcome(status=410, failure="status", answer="Gone", milliseconds=88)
        return Outcome(status=204, milliseconds=64)

    deliveries_send_due(clock=lambda: then, carry=carry)
    community = Community.objects.filter(state="active").order_by("-pk")[0]
    community_change(
        actor=cast.actor("desk-clerk", at), community=community,
        fields={"address": "云澜市望江路90号"}, at=at,
    )  # fmt: skip
    events_dispatch(at=at)
    deliveries_send_due(clock=lambda: at, carry=carry)
    # One more, which the partner did not take yet.
    report = CorrectionReport.objects.filter(state="corrected").order_by("pk")[0]
    event_record(
        kind=EventKind.REPORT_DECIDED, subject=report,
        data={"id": report.pk, "reference": report.reference, "state": str(report.state)},
        organisation_id=report.organisation_id, at=at,
    )  # fmt: skip
    events_dispatch(at=at)
    deliveries_send_due(
        clock=lambda: at,
        carry=lambda *_a, **_k: Outcome(failure="slow", answer="TimeoutError", milliseconds=10_000),
    )
