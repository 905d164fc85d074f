"""Who plays in the demo: organisations, accounts and posts. Passwords are drawn when it is made."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from anju.access.models import Organisation, Post, User
from anju.access.queries import actor_for
from anju.access.states import OrganisationKind as Kind
from anju.access.states import Role
from anju.core.actors import Actor
from anju.reference.models import Area
from anju.reference.states import AreaLevel
from anju.registry.models import Company, Project

from ..rules.codes import phone

SINCE = date(2024, 1, 1)
_FIRST_PHONE = 91_000_000  # sign-in phones; published ones lie elsewhere

# Sign-in name, role, name of the person, organisation, place. Names are invented.
OFFICIALS = (
    ("bureau-head", Role.BUREAU_HEAD, "沈砚秋", "bureau", "city"),
    ("desk-clerk", Role.DESK_CLERK, "林知夏", "bureau", "city"),
    ("desk-confirmer", Role.DESK_CONFIRMER, "顾明远", "bureau", "city"),
    ("desk-signer", Role.DESK_SIGNER, "韩景行", "bureau", "city"),
    ("district-clerk", Role.DISTRICT_CLERK, "陆听雨", "district", "district"),
    ("zone-clerk", Role.DISTRICT_CLERK, "姜望舒", "zone", "zone"),
    ("subdistrict-clerk", Role.SUBDISTRICT_CLERK, "苏见微", "subdistrict", "subdistrict"),
    ("committee-clerk", Role.COMMITTEE_CLERK, "许安然", "committee", "committee"),
    ("inspector", Role.INSPECTOR, "程立言", "district", "district"),
    ("police-member", Role.POLICE_MEMBER, "秦守正", "police", "district"),
    ("urban-member", Role.URBAN_MEMBER, "范清和", "urban", "district"),
    ("auditor", Role.AUDITOR, "邵慎独", "audit", "city"),
    ("system-admin", Role.SYSTEM_ADMIN, "钟行健", "data", "city"),
    ("security-admin", Role.SECURITY_ADMIN, "白守拙", "data", "city"),
    ("audit-admin", Role.AUDIT_ADMIN, "郝思齐", "data", "city"),
)
OTHERS = (
    ("company-admin", Role.COMPANY_ADMIN, "", "company", ""),
    ("project-manager", Role.PROJECT_MANAGER, "", "company", ""),
    ("association", Role.ASSOCIATION, "汤和光", "association", "city"),
    ("contractor", Role.CONTRACTOR, "石大匠", "contractor", "city"),
    ("bid-expert", Role.BID_EXPERT, "孔博文", "association", "city"),
    ("api-partner", Role.API_PARTNER, "一二三四五热线", "hotline", "city"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """One sign-in of the demo, as it is printed; ``totp_secret`` is base32 or empty."""

    role: str
    username: str
    password: str
    name: str
    organisation: str
    phone: str
    totp_secret: str = ""


@dataclass(slots=True)
class Cast:
    """Accounts by sign-in name, and the place and company the stories happen at."""

    users: dict[str, User]
    posts: dict[str, Post]
    organisations: dict[str, Organisation]
    places: dict[str, Area]
    company: Company
    project: Project

    def actor(self, username: str, at: datetime) -> Actor:
        """The actor of an account at its post, or as an owner where it has none."""
        return actor_for(self.users[username], self.posts.get(username), at)


def store() -> Path:
    """Where the sign-ins are kept: readable by the account that runs the demo only."""
    return Path(settings.VAR) / "demo-accounts.json"


def accounts_kept() -> list[DemoAccount]:
    """The sign-ins written when the demo was made; empty without a demo."""
    try:
        rows = json.loads(store().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [DemoAccount(**row) for row in rows]


def accounts_keep(accounts: list[DemoAccount]) -> None:
    """Write the sign-ins beside the other secrets of this machine."""
    path = store()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps([asdict(account) for account in accounts], ensure_ascii=False, indent=1)
    aside = path.with_name(".demo-accounts.json")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(path)


def cast_make(at: datetime) -> tuple[Cast, list[DemoAccount]]:
    """Organisations, accounts and posts of the demo, at a community that a company serves."""
    project = (
        Project.objects.filter(period__endswith=None, company__is_out_of_town=False)
        .exclude(district__kind="zone")
        .exclude(management_area__name__contains="、")
        .filter(fees__unit_kind="commercial", assignments__period__endswith=None)
        .order_by("management_area__delimited_on", "pk")
        .select_related("company", "area", "district", "subdistrict", "committee")[0]
    )
    assert project.district is not None
    assert project.subdistrict is not None
    assert project.committee is not None
    places = {
        "city": Area.objects.get(level=AreaLevel.CITY),
        "district": project.district,
        "zone": Area.objects.filter(kind="zone").order_by("pk")[0],
        "subdistrict": project.subdistrict,
        "committee": project.committee,
    }
    organisations = _organisations(places, project.company)
    cast = Cast({}, {}, organisations, places, project.company, project)
    accounts = []
    for number, row in enumerate((*OFFICIALS, *OTHERS)):
        username, role, name, organisation, place = row
        person = name or _company_name(username, project)
        official = row in OFFICIALS
        account = _account(cast, number, username, role, person, at, totp=official)
        accounts.append(replace(account, organisation=organisations[organisation].name))
        cast.posts[username] = Post.objects.create(
            user=cast.users[username],
            organisation=organisations[organisation],
            area=places.get(place),
            role=role,
            valid_from=SINCE,
        )
    manager = project.assignments.get(period__endswith=None).manager
    manager.user = cast.users["project-manager"]
    manager.save(update_fields=["user"])
    # One person with two posts, so that switching between them can be tried.
    Post.objects.create(
        user=cast.users["desk-clerk"],
        organisation=organisations["zone"],
        area=places["zone"],
        role=Role.DISTRICT_CLERK,
        valid_from=SINCE,
    )
    return cast, accounts


def resident_account(
    cast: Cast, number: int, username: str, role: Role, name: str, at: datetime
) -> DemoAccount:
    """A sign-in of somebody who lives or owns in the city."""
    return _account(cast, 100 + number, username, role, name, at, totp=False)


def _company_name(username: str, project: Project) -> str:
    if username == "company-admin":
        return project.company.staff.order_by("pk")[0].name
    return project.assignments.select_related("manager").get(period__endswith=None).manager.name


def post_at_committee(cast: Cast, username: str, role: Role) -> None:
    """A resident's part in the neighbourhood, so that each role can be tried by itself."""
    cast.posts[username] = Post.objects.create(
        user=cast.users[username],
        organisation=cast.organisations["committee"],
        area=cast.places["committee"],
        role=role,
        valid_from=SINCE,
    )


def _account(
    cast: Cast, number: int, username: str, role: Role, name: str, at: datetime, *, totp: bool
) -> DemoAccount:
    password = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-Yl"
    user = User.objects.create_user(
        username=username,
        password=password,
        full_name=name,
        phone=phone(_FIRST_PHONE + number),
        phone_verified_at=at,
        email=f"{username}@yunlan.example",
    )
    cast.users[username] = user
    return DemoAccount(
        role=role,
        username=username,
        password=password,
        name=name,
        organisation="",
        phone=user.phone or "",
        totp_secret=_second_factor(user) if totp else "",
    )


def _second_factor(user: User) -> str:
    """A time-based code for the account where that app is installed; its secret in base32."""
    from django.apps import apps

    if not apps.is_installed("allauth.mfa"):
        return ""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def _organisations(places: dict[str, Area], company: Company) -> dict[str, Organisation]:
    """Offices of every place, companies, and the agencies; those the stories name by key."""
    city = places["city"]
    heads = (
        ("bureau", Kind.BUREAU, "云澜市住房和城乡建设局"),
        ("association", Kind.ASSOCIATION, "云澜市物业管理协会"),
        ("contractor", Kind.CONTRACTOR, "云澜匠和修缮工程有限公司"),
        ("police", Kind.AGENCY, "云澜市公安局"),
        ("urban", Kind.AGENCY, "云澜市城市管理局"),
        ("audit", Kind.AGENCY, "云澜市审计局"),
        ("data", Kind.AGENCY, "云澜市数据局"),
        ("hotline", Kind.AGENCY, "云澜市政务服务便民热线"),
    )
    out = {key: _organisation(kind, name, city) for key, kind, name in heads}
    tails = {1: "住房和城乡建设局", 2: "办事处", 3: ""}
    kinds = {1: Kind.DISTRICT, 2: Kind.SUBDISTRICT, 3: Kind.COMMITTEE}
    offices: dict[int, Organisation] = {}
    for area in Area.objects.filter(level__gte=1).order_by("level", "pk"):
        kind = Kind.ZONE if area.kind == "zone" else kinds[area.level]
        tail = "管委会" if area.kind == "zone" else tails[area.level]
        if area.kind == "town":
            tail = "人民政府"
        offices[area.pk] = _organisation(kind, f"{area.name}{tail}", area)
    for key in ("district", "zone", "subdistrict", "committee"):
        out[key] = offices[places[key].pk]
    firms = Company.objects.filter(kind="property", parent=None).order_by("pk")
    for firm in firms:
        firm.organisation = _organisation(Kind.COMPANY, firm.name, firm.registered_area)
    for firm in Company.objects.filter(kind="property").exclude(parent=None):
        parent = next(f for f in firms if f.pk == firm.parent_id)
        firm.organisation = _organisation(
            Kind.COMPANY, firm.name, firm.registered_area, parent.organisation
        )
        firm.save(update_fields=["organisation"])
    Company.objects.bulk_update(firms, ["organisation"])
    company.refresh_from_db()
    assert company.organisation is not None
    out["company"] = company.organisation
    return out


def _organisation(
    kind: Kind, name: str, area: Area | None, parent: Organisation | None = None
) -> Organisation:
    return Organisation.objects.create(kind=kind, name=name, area=area, parent=parent)
