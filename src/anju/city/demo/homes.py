"""Residents' stories: accounts bound to homes, proposed changes, splits, a sale, a correction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.time import legal_day
from anju.files.services import files_store
from anju.registry import vault
from anju.registry.models import Community, HomeBinding, Ownership, Person, Unit
from anju.registry.purposes import PAPERS, PHOTOS
from anju.registry.queries.own import readings_for
from anju.registry.services import (
    change_approve,
    change_propose,
    change_refuse,
    change_withdraw,
    complaint_raise,
    home_bind_counter,
    home_bind_match,
    home_unbind,
    invitation_withdraw,
    person_change,
    person_reveal_identity,
    tenant_invite,
)

from ..rules.codes import phone
from .cast import Cast, DemoAccount, post_at_committee, resident_account
from .papers import paper, photo


def _homes(cast: Cast) -> list[Unit]:
    """Homes of the area that the demo's company serves."""
    return list(
        Unit.objects.filter(
            kind="home",
            building__memberships__management_area=cast.project.management_area,
            building__memberships__period__endswith=None,
        )
        .order_by("sort_key")
        .select_related("building")
    )


def _owners(unit: Unit) -> list[Ownership]:
    spells = Ownership.objects.filter(unit=unit, period__endswith=None)
    return list(spells.select_related("person").order_by("pk"))


def phone_in_clear(person: Person) -> str:
    """A person's invented phone."""
    key = vault.open_data_key(person.data_key.key_id, bytes(person.data_key.wrapped))
    return vault.unseal(key, "phone", bytes(person.phone_cipher or b""))


def residents(cast: Cast, at: datetime) -> list[DemoAccount]:
    """An owner of several homes, a co-owner, a tenant and a committee member, each bound."""
    homes = _homes(cast)
    ids = [home.pk for home in homes]
    several = (
        Ownership.objects.filter(period__endswith=None, person__isnull=False, share_den=1)
        .filter(person__in=Ownership.objects.filter(unit__in=ids).values("person"))
        .values("person")
        .annotate(n=Count("unit"))
        .order_by("-n", "person")[0]["person"]
    )
    owner = Person.objects.get(pk=several)
    shared = next(h for h in homes if len(_owners(h)) == 2)
    single = [
        h for h in homes if len(o := _owners(h)) == 1 and o[0].person_id not in (None, owner.pk)
    ]
    co_owner = _owners(shared)[0].person
    member = _owners(single[0])[0].person
    tenant = _owners(single[5])[0].person
    assert co_owner is not None
    assert member is not None
    assert tenant is not None
    people = {"owner": owner, "co-owner": co_owner, "tenant": tenant, "committee-member": member}
    accounts = []
    roles = {
        "owner": Role.OWNER,
        "co-owner": Role.CO_OWNER,
        "tenant": Role.TENANT,
        "committee-member": Role.COMMITTEE_MEMBER,
    }
    for number, (username, person) in enumerate(people.items()):
        account = resident_account(cast, number, username, roles[username], person.name, at)
        accounts.append(account)
        if username == "committee-member":  # the others' roles come from their homes
            post_at_committee(cast, username, roles[username])
    system = cast.actor("desk-clerk", at)
    user = cast.users["owner"]
    own = Ownership.objects.filter(person=owner, period__endswith=None, share_den=1)
    for spell in own.select_related("unit").order_by("pk")[:4]:
        home_bind_match(actor=SYSTEM, user=user, unit=spell.unit, person=owner, proved_at=at, at=at)
    witness = cast.users["desk-confirmer"]
    for username, unit, kind in (
        ("co-owner", shared, "co_owner"),
        ("committee-member", single[0], "owner"),
        ("tenant", single[1], "tenant"),
    ):
        home_bind_counter(
            actor=system, user=cast.users[username], unit=unit, person=people[username],
            kind=kind, witness=witness, reason="持身份证和证明材料到窗口办理", at=at,
            papers=["id_card", "lease" if kind == "tenant" else "title"],
            last_day=legal_day(at) + timedelta(days=240) if kind == "tenant" else None,
        )  # fmt: skip
    former = home_bind_counter(
        actor=system, user=cast.users["tenant"], unit=single[2], person=tenant, kind="tenant",
        witness=witness, papers=["id_card", "lease"], reason="租赁合同备案", at=at,
    )  # fmt: skip
    home_unbind(actor=system, binding=former, reason="租期届满", at=at)
    _invitations(cast, at)
    return accounts


def _invitations(cast: Cast, at: datetime) -> None:
    """The owner invites the demo's tenant, who has not answered, and takes another one back."""
    owner = cast.actor("owner", at)
    bindings = HomeBinding.objects.filter(user=cast.users["owner"], ended_at=None)
    binding = bindings.select_related("user", "unit").order_by("pk")[0]
    today = legal_day(at)
    term = {"first_day": today, "last_day": today + timedelta(days=364)}
    tenant = cast.users["tenant"]
    tenant_invite(
        actor=owner, binding=binding, tenant_name=tenant.full_name, phone=tenant.phone or "",
        at=at, **term,
    )  # fmt: skip
    taken_back = tenant_invite(
        actor=owner, binding=binding, tenant_name="沈一舟", phone=phone(93_000_001), at=at, **term
    )
    invitation_withdraw(actor=owner, invitation=taken_back, at=at)


def reads(cast: Cast, at: datetime) -> None:
    """The owner's data was read three times: with a reason, as an operator, and once complained
    about; the complaint waits."""
    owner = cast.users["owner"]
    binding = HomeBinding.objects.filter(user=owner, ended_at=None).order_by("pk")[0]
    clerk = cast.actor("desk-confirmer", at)
    for reason in ("核对维修资金交存人信息", "回复业主来电", "抽查登记资料"):
        person_reveal_identity(actor=clerk, person=binding.person, reason=reason, at=at)
    event = readings_for(cast.actor("owner", at))[0]
    complaint_raise(
        actor=cast.actor("owner", at), event=event, binding=binding,
        text="我没有来电咨询，为什么要查看我的证件号码？", at=at,
    )  # fmt: skip


def shared_phone(cast: Cast, at: datetime) -> None:
    """A phone that stands in two people's files, for the counter to separate."""
    homes = _homes(cast)[12:40]
    owners = [o[0].person for h in homes if len(o := _owners(h)) == 1 and o[0].person_id]
    first, second = [p for p in owners if p is not None][:2]
    person_change(
        actor=SYSTEM, person=second, phone=phone_in_clear(first), reason="登记资料录入", at=at
    )


def changes(cast: Cast, at: datetime) -> None:
    """Proposed changes in every state: waiting, approved, refused and withdrawn."""
    clerk, reviewer = cast.actor("desk-clerk", at), cast.actor("desk-confirmer", at)
    today = legal_day(at)
    communities = list(Community.objects.order_by("pk"))
    home = _homes(cast)[8:]

    def rename(community: Community, name: str, reason: str) -> object:
        return change_propose(
            actor=clerk, action="community_rename", target=community, at=at, reason=reason,
            after={"name": name, "on_day": today.isoformat()},
            evidence=[paper("更名批复"), photo("门牌照片")],
        )  # fmt: skip

    rename(communities[2], f"{communities[2].name}（新）", "地名办批复更名")
    rename(communities[3], f"{communities[3].name[:6]}雅园", "业主大会决定更名")
    change_propose(
        actor=clerk, action="unit_measure", target=home[0], at=at, reason="测绘成果更正",
        after={"registered_dm2": (home[0].area_dm2 or 9_000) + 118},
    )  # fmt: skip
    approved = rename(communities[5], f"澜悦{communities[5].name[-2:]}", "开发企业申请更名")
    change_approve(actor=reviewer, change=approved, at=at, note="材料齐全")  # type: ignore[arg-type]
    refused = rename(communities[6], "云澜第一城", "物业公司申请")
    change_refuse(actor=reviewer, change=refused, at=at, note="名称不规范")  # type: ignore[arg-type]
    withdrawn = rename(communities[7], "听涛别院", "误报")
    change_withdraw(actor=clerk, change=withdrawn, at=at)  # type: ignore[arg-type]
    _sale(cast, home[1], at)
    area = home[2].area_dm2 or 9_000
    split = change_propose(
        actor=clerk, action="unit_split", target=home[2], at=at, reason="分户登记",
        after={
            "on_day": (today - timedelta(days=1)).isoformat(),
            "parts": [
                {"number": f"{home[2].number}A", "area_dm2": area // 2},
                {"number": f"{home[2].number}B", "area_dm2": area - area // 2},
            ],
        },
    )  # fmt: skip
    change_approve(actor=reviewer, change=split, at=at)
    for purpose, files in (
        (PHOTOS, [photo("东门"), photo("中心花园")]),
        (PAPERS, [paper("移交清单")]),
    ):
        files_store(actor=clerk, uploads=files, purpose=purpose, owner=communities[0], at=at)


def _sale(cast: Cast, unit: Unit, at: datetime) -> None:
    """A home sold yesterday: proposed, reviewed, made."""
    buyer = Person.objects.exclude(ownerships__unit=unit).order_by("-pk")[0]
    change = change_propose(
        actor=cast.actor("desk-clerk", at), action="ownership_transfer", target=unit, at=at,
        reason="存量房转移登记",
        after={
            "holders": [{"person": buyer.pk, "num": 1, "den": 1}],
            "on_day": (legal_day(at) - timedelta(days=1)).isoformat(),
            "source": "register",
        },
    )  # fmt: skip
    change_approve(actor=cast.actor("desk-confirmer", at), change=change, at=at)


def revealed(cast: Cast, at: datetime) -> None:
    """A number read in clear for a reason: a row the auditor sees."""
    person = Person.objects.order_by("pk")[10]
    person_reveal_identity(
        actor=cast.actor("desk-confirmer", at), person=person, reason="核对房屋转移登记材料", at=at
    )
