"""Desk stories: contracts and filings in every state, notices, papers, messages and imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from anju.contracts.models import ServiceContract
from anju.contracts.queries import contracts_to_warn
from anju.contracts.services import (
    contract_draft,
    contract_end,
    contract_end_warn,
    contract_file,
    contract_return,
    contract_submit,
    contract_withdraw,
    filing_decide,
    filing_submit,
    filing_term_end,
)
from anju.core.actors import SYSTEM, Actor
from anju.core.time import legal_day
from anju.documents.rules.content import Content, Table, Text
from anju.documents.services import paper_issue, paper_withdraw
from anju.flow.services import (
    objection_answer,
    objection_raise,
    publicity_end,
    publicity_withdraw,
)
from anju.registry.models import Community, Company, ManagementArea, Project
from anju.registry.services import area_show, import_apply, import_discard, import_preview

from .cast import Cast
from .papers import paper


def contracts(cast: Cast, at: datetime) -> None:
    """A contract in every state and of every kind; some end soon, so that warnings show."""
    today = legal_day(at)
    projects = [
        p
        for p in Project.objects.filter(period__endswith=None, company__is_out_of_town=False)
        .select_related("company", "management_area__area")
        .order_by("pk")
        if p.pk != cast.project.pk
    ]
    # Those of the district whose clerk plays in the demo first.
    projects.sort(key=lambda p: (p.district_id != cast.places["district"].pk, p.pk))
    own = _draft(cast, cast.project, at, kind="pre_stage", starts_on=today - timedelta(days=500))
    _filed(cast, own, at)
    # Ends within 30, 60, 90 and 180 days, then far away.
    for number, left in enumerate((20, 55, 85, 170, 900)):
        kind = ("pre_stage", "assembly", "government", "assembly", "pre_stage")[number]
        start = today - timedelta(days=3 * 365 - left)
        contract = _draft(cast, projects[number], at, kind=kind, starts_on=start, left=left)
        _filed(cast, contract, at)
    _draft(cast, projects[5], at)  # stays a draft
    # Drafted early, in the place and by the company that play: the years after the running term.
    _draft(
        cast, cast.project, at, kind="assembly", starts_on=today + timedelta(days=601), left=1_330
    )
    waiting = _draft(cast, projects[6], at)
    contract_submit(actor=_party(cast, at, waiting.management_area), at=at, contract=waiting)
    returned = _draft(cast, projects[7], at)
    contract_submit(actor=_party(cast, at, returned.management_area), at=at, contract=returned)
    returned.refresh_from_db()
    contract_return(
        actor=cast.actor("desk-confirmer", at), at=at, contract=returned, reason="缺少业主大会决议"
    )
    void = _draft(cast, projects[8], at)
    contract_withdraw(
        actor=_party(cast, at, void.management_area), at=at, contract=void, reason="重复录入"
    )
    over = _draft(cast, projects[9], at, starts_on=today - timedelta(days=730), left=-10)
    over = _filed(cast, over, at)
    contract_end(actor=SYSTEM, at=at, contract=over, ended_on=over.period.upper - timedelta(days=1))
    early = _filed(cast, _draft(cast, projects[10], at, starts_on=today - timedelta(days=400)), at)
    contract_end(
        actor=cast.actor("desk-confirmer", at), at=at, contract=early,
        ended_on=today - timedelta(days=15), reason="业主大会决定提前解除合同",
    )  # fmt: skip
    leaving = _filed(cast, _draft(cast, projects[11], at), at)
    contract_end(
        actor=cast.actor("desk-confirmer", at), at=at, contract=leaving,
        ended_on=today + timedelta(days=45), reason="双方协商提前解除合同",
    )  # fmt: skip
    served = Project.objects.filter(period__endswith=None).values("management_area")
    idle = ManagementArea.objects.exclude(pk__in=served).order_by("pk").first()
    if idle is not None:
        alone = contract_draft(
            actor=_party(cast, at, idle), at=at, number="ZG-0001", kind="self_managed",
            management_area=idle, company=None, client_name=f"{idle.name}业主大会", grade=1,
            starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=640),
            signed_on=today - timedelta(days=100), fees={},
        )  # fmt: skip
        contract_submit(actor=_party(cast, at, idle), at=at, contract=alone)
    for contract in contracts_to_warn(today=today):
        contract_end_warn(actor=SYSTEM, at=at, contract=contract)


def _draft(
    cast: Cast,
    project: Project,
    at: datetime,
    *,
    kind: str = "pre_stage",
    starts_on: date | None = None,
    left: int = 600,
) -> ServiceContract:
    today = legal_day(at)
    start = starts_on or today - timedelta(days=20)
    fees: Mapping[str, int] = {
        fee.unit_kind: fee.fee_fen for fee in project.fees.filter(period__endswith=None)
    }
    client = {
        "pre_stage": "云澜建设单位",
        "assembly": f"{project.management_area.name}业主大会",
        "government": "街道办事处",
    }[kind]
    return contract_draft(
        actor=_party(cast, at, project.management_area), at=at,
        number=f"WY{max(start, today).year}-{project.pk:04d}", kind=kind,
        management_area=project.management_area, company=project.company,
        client_name=client, grade=1 + project.pk % 5, starts_on=start,
        ends_on=today + timedelta(days=left),
        signed_on=min(start, today) - timedelta(days=7), fees=fees, project=project,
        copies=[paper("物业服务合同（签署件）")],
    )  # fmt: skip


def _filed(cast: Cast, contract: ServiceContract, at: datetime) -> ServiceContract:
    contract_submit(actor=_party(cast, at, contract.management_area), at=at, contract=contract)
    contract.refresh_from_db()
    contract_file(
        actor=cast.actor("desk-confirmer", at), at=at, contract=contract,
        filing_number=f"云物备{contract.pk:05d}号", fees_confirmed=True,
    )  # fmt: skip
    contract.refresh_from_db()
    return contract


def _party(cast: Cast, at: datetime, area: ManagementArea) -> Actor:
    """Who drafts and submits at the counter, for companies that came with their papers.

    Contracts of districts whose clerk does not play came with the register.
    """
    here = area.district_id == cast.places["district"].pk
    return cast.actor("district-clerk", at) if here else SYSTEM


def filings(cast: Cast, at: datetime) -> None:
    """Filings of companies from out of town: waiting, returned, filed and lapsed."""
    today = legal_day(at)
    outsiders = Company.objects.filter(is_out_of_town=True).order_by("pk")[:4]
    clerk, confirmer = cast.actor("desk-clerk", at), cast.actor("desk-confirmer", at)
    for number, company in enumerate(outsiders):
        if number == 2:  # filed before, and over
            old = filing_submit(
                actor=clerk, at=at, company=company, office_address="曜江区星渡大厦9层",
                contact_name=company.legal_representative, contact_phone=company.phone,
                valid_from=today - timedelta(days=395), valid_to=today - timedelta(days=31),
            )  # fmt: skip
            filing_decide(actor=confirmer, at=at, filing=old, name="file", number="云外备000号")
            filing_term_end(actor=SYSTEM, at=at, filing=old)
        filing = filing_submit(
            actor=clerk, at=at, company=company, office_address="曜江区星渡大厦12层",
            contact_name=company.legal_representative, contact_phone=company.phone,
            valid_from=today - timedelta(days=30), valid_to=today + timedelta(days=335),
            papers=[paper("营业执照"), paper("办公场所租赁合同")],
        )  # fmt: skip
        if number == 1:
            filing_decide(
                actor=confirmer, at=at, filing=filing, name="return", reason="营业执照副本已过期"
            )
        if number >= 2:
            filing_decide(
                actor=confirmer, at=at, filing=filing, name="file", number=f"云外备{number:03d}号"
            )
        if number == 3:
            filing.refresh_from_db()
            filing_decide(
                actor=confirmer, at=at, filing=filing, name="lapse", reason="企业已退出本市"
            )


def notices(cast: Cast, at: datetime) -> None:
    """Notices on show with an open and an answered objection, one ended and one withdrawn."""
    clerk = cast.actor("district-clerk", at)
    areas = ManagementArea.objects.filter(district=cast.places["district"]).order_by("pk")[:3]
    first = areas[0]

    def show(area: ManagementArea, on: datetime, days: int) -> object:
        return area_show(
            actor=clerk, management_area=area, ends_on=legal_day(on) + timedelta(days=days), at=on
        )

    from anju.flow.models import Publicity

    running = show(first, at, 9)
    assert isinstance(running, Publicity)
    raised = []
    for username, text in (
        ("owner", "东侧配套用房应当划入本区域。"),
        ("committee-member", "请说明地下车库的归属。"),
    ):
        raised.append(
            objection_raise(actor=cast.actor(username, at), at=at, publicity=running, text=text)
        )
    objection_answer(
        actor=clerk, at=at, objection=raised[1], upheld=False,
        answer="地下车库已随楼幢划入本区域，见公示表第一行。",
    )  # fmt: skip
    long_ago = at - timedelta(days=40)
    ended = show(areas[1 % len(areas)], long_ago, 8)
    assert isinstance(ended, Publicity)
    publicity_end(actor=SYSTEM, at=at, publicity=ended)
    gone = show(areas[2 % len(areas)], at, 7)
    assert isinstance(gone, Publicity)
    publicity_withdraw(actor=clerk, at=at, publicity=gone, reason="附图有误，更正后重新公示")
    _zone_notice(cast, at)


def _zone_notice(cast: Cast, at: datetime) -> None:
    """A notice of another place, with an objection that waits there."""
    area = (
        ManagementArea.objects.filter(
            district=cast.places["zone"], state="active", buildings__period__endswith=None
        )
        .order_by("pk")
        .first()
    )
    if area is None:
        return
    shown = area_show(
        actor=cast.actor("zone-clerk", at), management_area=area,
        ends_on=legal_day(at) + timedelta(days=9), at=at,
    )  # fmt: skip
    objection_raise(
        actor=cast.actor("association", at), at=at, publicity=shown, text="公示表少列一幢楼。"
    )


def papers(cast: Cast, at: datetime) -> None:
    """Papers in force, superseded and withdrawn."""
    head, bureau, city = (
        "云澜市住房和城乡建设局文件",
        cast.organisations["bureau"],
        cast.places["city"],
    )
    signer = cast.actor("desk-signer", at)

    def bulletin(month: int) -> Content:
        names = [a.name for a in type(city).objects.filter(level=1).order_by("pk")]
        table = tuple(
            (str(n + 1), name, f"{92.6 - n * 1.3:.1f}", f"{11 + n * 7 % 9}")
            for n, name in enumerate(names)
        )
        return Content(
            head=head,
            title=f"关于2026年{month}月全市物业管理考评情况的通报",
            to="各县（市、区）住房和城乡建设局，各功能区管委会，各物业服务企业：",
            blocks=(
                Text(text=f"{month}月，全市开展物业管理月度考评。现将结果通报如下。"),
                Table(head=("名次", "县区", "得分", "未整改（个）"), rows=table, left=(1,)),
            ),
            foot="抄送：市政府办公室。",
        )

    first = paper_issue(
        actor=signer, kind="bulletin", issuer=bureau, area=city, content=bulletin(8), at=at
    )
    paper_issue(
        actor=signer, kind="bulletin", issuer=bureau, area=city, content=bulletin(9), at=at,
        supersedes=first,
    )  # fmt: skip
    for place in ("district", "zone"):
        office = cast.organisations[place]
        paper_issue(
            actor=cast.actor(f"{place}-clerk", at), kind="bulletin", issuer=office,
            area=cast.places[place], content=replace(bulletin(9), head=f"{office.name}文件"), at=at,
        )  # fmt: skip
    wrong = paper_issue(
        actor=signer, kind="bulletin", issuer=bureau, area=city, content=bulletin(10), at=at
    )
    paper_withdraw(actor=signer, paper=wrong, reason="得分统计有误", at=at)
    paper_issue(
        actor=signer, kind="bulletin", issuer=bureau, area=city, content=bulletin(10), at=at
    )


def imports(cast: Cast, at: datetime) -> None:
    """Files of homes: previewed with bad rows, imported, and discarded."""
    community = Community.objects.order_by("pk")[0]
    building = community.buildings.order_by("pk")[0]
    well = building.stairwells.order_by("pk")[0]
    head = "小区编码,楼幢,单元,房号,用途,楼层,登记面积\n"

    def line(number: str, area: str, code: str = community.code) -> str:
        return f"{code},{building.number},{well.number},{number},住宅,1,{area}\n"

    good = head + line("9901", "88.50") + line("9902", "120.06")
    bad = good + line("9903", "八十九") + line("9904", "70", "XQ999999") + line("", "66.00")
    clerk = cast.actor("desk-clerk", at)
    today = legal_day(at)
    import_preview(
        actor=clerk, file_name="新增房屋（含问题行）.csv", content=bad.encode(),
        source="不动产登记中心", as_of=today, at=at,
    )  # fmt: skip
    done = import_preview(
        actor=clerk, file_name="新增房屋.csv", content=good.encode(), source="不动产登记中心",
        as_of=today, at=at,
    )  # fmt: skip
    import_apply(actor=clerk, batch=done, at=at)
    gone = import_preview(
        actor=clerk, file_name="误传文件.csv", content=(head + line("9911", "50")).encode(),
        source="测绘成果", as_of=today, at=at,
    )  # fmt: skip
    import_discard(actor=clerk, batch=gone, at=at)
    for username in ("district-clerk", "zone-clerk"):
        actor = cast.actor(username, at)
        here = Community.objects.visible_to(actor).filter(state="active", buildings__isnull=False)
        nearby = here.order_by("pk").first()
        if nearby is not None:
            import_preview(
                actor=actor, file_name=f"{nearby.name}补录.csv",
                content=(head + line("9904", "70", "XQ999999")).encode(),
                source="街道核查", as_of=today, at=at,
            )  # fmt: skip


def messages(cast: Cast, at: datetime) -> None:
    """Messages of every state in the outbox."""
    from anju.core.ports import MESSENGER
    from anju.notices.models import OutboxMessage
    from anju.notices.states import MessageState

    values = {"count": 3, "oldest": legal_day(at).isoformat(), "link": "/"}
    put = MESSENGER.get()
    states = list(MessageState.values)
    for number in range(2 * len(states)):
        user = cast.users[("owner", "company-admin", "system-admin")[number % 3]]
        channel, to = (("sms", user.phone), ("mail", user.email))[number % 2]
        put(channel=channel, to=to or "", template="notices.stuck", values=values)
        row = OutboxMessage.objects.order_by("-pk")[0]
        row.state = states[number // 2]
        passed = row.state in (MessageState.SENT, MessageState.DELIVERED)
        row.due_at = at + timedelta(hours=1) if row.state == MessageState.WAITING else None
        row.sent_at = at if passed else None
        row.delivered_at = at if row.state == MessageState.DELIVERED else None
        if row.state == MessageState.FAILED:
            row.failed_at, row.failure, row.attempts = at, "号码已停机", 6
        row.save()
