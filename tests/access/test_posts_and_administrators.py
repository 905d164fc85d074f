"""Posts by day, the three administrators apart, elevations and partner keys."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from anju.access.models import Elevation, Post
from anju.access.permissions import GRANTS, PERMISSIONS, perm
from anju.access.queries import actor_for, partner_actor, posts_of
from anju.access.roles import document
from anju.access.rules import ADMINISTRATORS, REACH, phone_from_text, reach_of
from anju.access.services.elevations import elevation_approve, elevation_ask, elevation_end
from anju.access.services.keys import key_found, key_hash
from anju.access.services.posts import post_end, post_grant
from anju.access.states import Role
from anju.core.actors import Reach
from anju.core.errors import Conflict, InvalidInput, Refused
from tests.factories.access import make_actor, make_organisation, make_post, make_user

db = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


# Posts by legal day


@db
def test_post_begins_at_midnight_in_shanghai():
    post = make_post(valid_from=date(2026, 11, 24))
    before = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert posts_of(post.user, at=before) == []
    assert posts_of(post.user, at=before + timedelta(seconds=1)) == [post]


@db
def test_post_ends_at_midnight_in_shanghai():
    post = make_post(valid_to=date(2026, 11, 24))
    last = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert actor_for(post.user, post, last).reach is Reach.CITY
    after = actor_for(post.user, post, last + timedelta(seconds=1))
    assert after.reach is Reach.NOTHING
    assert after.permissions == frozenset()


@db
def test_same_post_twice_at_a_time_is_refused():
    post = make_post(valid_to=date(2026, 12, 1))
    same = {
        "user": post.user,
        "organisation": post.organisation,
        "role": post.role,
    }
    make_post(**same, valid_from=date(2026, 12, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_post(**same, valid_from=date(2026, 11, 30), valid_to=date(2026, 12, 1))


@db
def test_a_closed_post_of_another_person_gives_nothing():
    post, stranger = make_post(), make_user()
    assert actor_for(stranger, post, NOON).reach is Reach.NOTHING


@db
def test_granting_and_ending_leaves_reason_and_granter(journal):
    actor, user = make_actor(role=Role.SECURITY_ADMIN), make_user()
    bureau = make_organisation()
    at = timezone.now()
    day = at.date() + timedelta(days=1)
    post = post_grant(
        actor=actor,
        user=user,
        organisation=bureau,
        role=Role.DESK_CLERK,
        area=None,
        valid_from=day,
        valid_to=None,
        reason="调入物业科",
        at=at,
    )
    assert post.granted_by_id == actor.user_id
    with pytest.raises(InvalidInput):
        post_end(actor=actor, post=post, last_day=day - timedelta(days=9), reason="调出", at=at)
    post = post_end(actor=actor, post=post, last_day=day, reason="调出", at=at)
    assert post.valid_to == day + timedelta(days=1)
    assert [row.action for row in journal] == ["access.post_grant", "access.post_end"]


@db
def test_role_fits_the_kind_of_organisation_and_the_level_of_the_place():
    actor, at = make_actor(role=Role.SECURITY_ADMIN), timezone.now()
    common = {"actor": actor, "user": make_user(), "valid_to": None, "reason": "调入", "at": at}
    common |= {"valid_from": at.date() + timedelta(days=1), "area": None}
    company = make_organisation(kind="company")
    with pytest.raises(InvalidInput):
        post_grant(**common, organisation=company, role=Role.DESK_SIGNER)
    district = make_organisation(kind="district")
    with pytest.raises(InvalidInput):
        post_grant(**common, organisation=district, role=Role.DISTRICT_CLERK)


# Three administrators


def _grant(actor, user, role):
    at = timezone.now()
    return post_grant(
        actor=actor,
        user=user,
        organisation=make_organisation(),
        role=role,
        area=None,
        valid_from=at.date() + timedelta(days=1),
        valid_to=None,
        reason="任命",
        at=at,
    )


@db
@pytest.mark.parametrize("granter", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_no_administrator_appoints_an_administrator(granter, role):
    with pytest.raises(Refused):
        _grant(make_actor(role=Role(granter)), make_user(), role)


@db
def test_bureau_head_appoints_administrators_but_grants_no_business_post(journal):
    head = make_actor(role=Role.BUREAU_HEAD)
    assert _grant(head, make_user(), Role.SYSTEM_ADMIN).pk
    with pytest.raises(Refused):
        _grant(head, make_user(), Role.DESK_CLERK)


@db
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("held", [*sorted(ADMINISTRATORS), Role.DESK_CLERK])
def test_one_person_never_holds_two(role, held):
    user = make_post(role=Role(held)).user
    with pytest.raises((Conflict, Refused)):
        _grant(make_actor(role=Role.BUREAU_HEAD), user, role)


def _sql(**columns):
    names = ", ".join(columns)
    marks = ", ".join(["%s"] * len(columns))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO access_post ({names}, reason, end_reason) VALUES ({marks}, '', '')",
            list(columns.values()),
        )


@db
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_sql_cannot_make_two_administrators_of_one_person(role):
    holder = make_post(role=Role.SYSTEM_ADMIN)
    head = make_post(role=Role.BUREAU_HEAD).user
    with pytest.raises(IntegrityError):
        _sql(
            user_id=holder.user_id,
            organisation_id=make_organisation().pk,
            role=role,
            valid_from=date(2026, 1, 1),
            granted_by_id=head.pk,
        )


@db
def test_sql_cannot_appoint_without_the_bureau_head():
    make_post(role=Role.AUDIT_ADMIN)
    security = make_post(role=Role.SECURITY_ADMIN).user
    for granter in (None, security.pk):
        with pytest.raises(IntegrityError):
            _sql(
                user_id=make_user().pk,
                organisation_id=make_organisation().pk,
                role="audit_admin",
                valid_from=date(2026, 1, 1),
                granted_by_id=granter,
            )


@db
def test_sql_cannot_turn_a_clerk_into_an_administrator():
    clerk = make_post(role=Role.DESK_CLERK)
    make_post(role=Role.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=clerk.pk).update(role="system_admin")


@db
def test_nobody_grants_to_themselves_even_in_sql():
    user = make_user()
    with pytest.raises(IntegrityError):
        _sql(
            user_id=user.pk,
            organisation_id=make_organisation().pk,
            role="desk_clerk",
            valid_from=date(2026, 1, 1),
            granted_by_id=user.pk,
        )


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_reach_no_business_row_and_hold_none_of_its_rights(role):
    for level in (None, 0, 1, 2, 3):
        assert reach_of(role, level=level) is Reach.NOTHING
    apps = {name.split(":")[0] for name in GRANTS[Role(role)]}
    assert not apps & {"registry", "contracts", "documents", "flow"}


# Elevations


@db
def test_elevation_from_asking_to_its_end(journal, messages):
    operator = make_post(role=Role.SYSTEM_ADMIN)
    asking = actor_for(operator.user, operator, NOON)
    security = make_actor(role=Role.SECURITY_ADMIN, at=NOON)
    head = make_post(role=Role.BUREAU_HEAD).user
    elevation = elevation_ask(
        actor=asking, reason="核对同步失败", rows=["registry.unit:42"], at=NOON
    )
    assert actor_for(operator.user, operator, NOON).elevation is None
    with pytest.raises(Refused):
        elevation_approve(actor=asking, elevation=elevation, at=NOON)
    elevation_approve(actor=security, elevation=elevation, at=NOON)
    told = {m["to"] for m in messages if m["template"] == "access.elevation_told"}
    assert str(head.pk) in told
    running = actor_for(operator.user, operator, NOON + timedelta(minutes=29, seconds=59))
    assert running.elevation is not None
    assert running.elevation.rows == {"registry.unit:42"}
    assert running.can("registry:unit_view")
    assert not running.can("registry:unit_change")
    over = actor_for(operator.user, operator, NOON + timedelta(minutes=30))
    assert over.elevation is None
    assert not over.can("registry:unit_view")
    assert [row.action for row in journal] == [
        "access.elevation_ask",
        "access.elevation_approve",
    ]
    with pytest.raises(Refused):
        elevation_approve(actor=security, elevation=elevation, at=NOON)


@db
def test_elevation_shows_the_named_rows_and_no_other(journal, messages):
    from anju.registry.models import Community

    operator = make_post(role=Role.SYSTEM_ADMIN)
    elevation = Elevation.objects.create(
        asked_by=operator.user,
        reason="核对",
        rows=["registry.community:7"],
        asked_at=NOON,
    )
    security = make_actor(role=Role.SECURITY_ADMIN, at=NOON)
    elevation_approve(actor=security, elevation=elevation, at=NOON)
    actor = actor_for(operator.user, operator, NOON)
    where = str(Community.objects.visible_to(actor).query)
    assert "7" in where
    elevation_end(actor=actor, elevation=elevation, at=NOON + timedelta(minutes=1))
    later = actor_for(operator.user, operator, NOON + timedelta(minutes=2))
    assert not Community.objects.visible_to(later).exists()


@db
def test_elevation_cannot_be_stretched_in_sql(journal, messages):
    operator = make_post(role=Role.SYSTEM_ADMIN)
    elevation = elevation_ask(
        actor=actor_for(operator.user, operator, NOON),
        reason="核对",
        rows=["registry.unit:1"],
        at=NOON,
    )
    rows = Elevation.objects.filter(pk=elevation.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(rows=["registry.unit:2"])
    security = make_actor(role=Role.SECURITY_ADMIN, at=NOON)
    elevation_approve(actor=security, elevation=elevation, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ends_at=NOON + timedelta(hours=8))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(decided_by=operator.user)


@db
@pytest.mark.parametrize(
    "row", ["registry.unit", "access.user:1", "x.y:1", "registry.unit:0", "registry.unit:*"]
)
def test_elevation_names_real_rows(row):
    actor = make_actor(role=Role.SYSTEM_ADMIN)
    with pytest.raises(InvalidInput):
        elevation_ask(actor=actor, reason="核对", rows=[row], at=NOON)


# Roles and permissions


def test_unknown_permission_fails():
    with pytest.raises(LookupError):
        perm("registry:everything_do")


def test_roles_document_is_current():
    assert (Path(settings.ROOT) / "docs" / "roles.md").read_text(encoding="utf-8") == document()


def test_every_role_has_a_reach_and_only_known_rights():
    assert set(REACH) == {role.value for role in Role}
    assert all(grants <= set(PERMISSIONS) for grants in GRANTS.values())


@given(role=st.sampled_from(sorted(REACH)), level=st.sampled_from([None, 0, 1, 2, 3]))
def test_reach_never_passes_the_place(role, level):
    width = {
        Reach.NOTHING: 0,
        Reach.PUBLIC: 0,
        Reach.OWN: 0,
        Reach.PROJECTS: 0,
        Reach.COMPANY: 0,
        Reach.COMMITTEE: 1,
        Reach.SUBDISTRICT: 2,
        Reach.DISTRICT: 3,
        Reach.CITY: 4,
    }
    reach = reach_of(role, level=level)
    assert width[reach] <= 4 - (level or 0)


@given(st.text(max_size=30))
def test_phone_is_eleven_digits_or_none(text):
    phone = phone_from_text(text)
    assert phone is None or (len(phone) == 11 and phone.isascii() and phone.startswith("1"))


@pytest.mark.parametrize(
    "text", ["13800138000", "+86 138-0013-8000", "１３８００１３８０００", "0086 13800138000"]
)
def test_phone_as_people_type_it(text):
    assert phone_from_text(text) == "13800138000"


# Partner keys


@db
def test_partner_key_is_kept_as_a_hash_and_ends():
    from anju.access.models import ApiKey

    user = make_user()
    key = "anju_abcdef_secret"
    row = ApiKey.objects.create(
        organisation=make_organisation(kind="agency"),
        name="数据共享",
        prefix="anju_abcdef",
        key_hash=key_hash(key),
        scopes=["registry:company_view"],
        created_by=user,
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    assert key_found(key, at=NOON) == row
    assert key_found(key + "x", at=NOON) is None
    assert key_found("", at=NOON) is None
    assert key_found(key, at=NOON + timedelta(days=1)) is None
    actor = partner_actor(row)
    assert actor.permissions <= GRANTS[Role.API_PARTNER]
    row.revoked_at = NOON
    row.save()
    assert key_found(key, at=NOON) is None
