"""Each read of personal data in clear is shown to whom it concerns, who may complain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anju.access.models import Organisation
from anju.access.services.elevations import elevation_approve, elevation_ask
from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.flow.models import Task
from anju.registry import services
from anju.registry.models import ReadComplaint
from anju.registry.queries.own import readings_for
from tests.factories import access, registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(home, signed_in):
    client = signed_in()
    registry.make_binding(home.unit, home.person, client.user)
    return client


def reveal(home, reason="核对维修资金", person=None):
    office = Organisation.objects.filter(name="云城市住房局").first()
    office = office or access.make_organisation(name="云城市住房局")
    clerk = access.make_actor(role=Role.DESK_CLERK, organisation=office)
    services.person_reveal_identity(
        actor=clerk, person=person or home.person, reason=reason, at=timezone.now()
    )
    return clerk


def words(answer):
    return answer.content.decode()


def test_a_read_is_shown_with_office_post_and_reason_and_no_officials_name(home, owner):
    assert "Nobody has read your data" in words(owner.get("/my/readings/"))
    clerk = reveal(home)
    reveal(home, person=registry.make_person("张丽"))  # somebody else's data
    page = words(owner.get("/my/readings/"))
    assert "云城市住房局" in page
    assert "核对维修资金" in page
    assert "Desk clerk" in page
    assert clerk.name not in page
    assert readings_for(registry.make_own_actor(owner.user)).count() == 1


def test_a_stranger_sees_no_read_and_complains_about_none(home, owner, signed_in):
    reveal(home)
    event = AuditEvent.objects.get(personal=True)
    stranger = signed_in()
    assert "核对维修资金" not in words(stranger.get("/my/readings/"))
    assert stranger.get(f"/my/readings/{event.pk}/complain/").status_code == 404
    assert stranger.post(f"/my/readings/{event.pk}/complain/", {"text": "x"}).status_code == 404
    csv = b"".join(stranger.get("/my/readings.csv").streaming_content).decode("utf-8-sig")
    assert len(csv.strip().splitlines()) == 1


def test_the_file_holds_what_the_page_shows_and_no_formula(home, owner):
    reveal(home, reason="=cmd()")
    csv = b"".join(owner.get("/my/readings.csv").streaming_content).decode("utf-8-sig")
    lines = csv.strip().splitlines()
    assert len(lines) == 2
    assert "云城市住房局" in lines[1]
    assert "'=cmd()" in lines[1]


def test_after_the_binding_has_ended_nothing_is_shown(home, owner):
    reveal(home)
    binding = owner.user.home_bindings.get()
    services.home_unbind(
        actor=registry.make_own_actor(owner.user), binding=binding, reason="搬家", at=timezone.now()
    )
    assert "No home is bound" in words(owner.get("/my/readings/"))


def elevated(rows, at):
    operator = access.make_post(role=Role.SYSTEM_ADMIN)
    asking = access.actor_for(operator.user, operator, at)
    security = access.make_actor(role=Role.SECURITY_ADMIN)
    elevation = elevation_ask(actor=asking, reason="查错误登记", rows=rows, at=at)
    elevation_approve(actor=security, elevation=elevation, at=at)
    client = Client(headers={"accept-language": "en"})
    client.force_login(operator.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_elevation_is_told_to_the_owner_and_each_page_it_opens_is_a_read(home, owner, messages):
    other = registry.make_unit(home.unit.building, "601")
    rows = [f"registry.unit:{home.unit.pk}", f"registry.unit:{other.pk}"]
    rows.append(f"registry.person:{home.person.pk}")
    client = elevated(rows, timezone.now())
    told = [m for m in messages if m["template"] == "access.elevation_owner_told"]
    assert {(m["channel"], m["to"]) for m in told} == {
        ("inapp", str(owner.user.pk)),
        ("sms", owner.user.phone),
    }
    assert "阳光花园" in told[0]["values"]["rows"]
    actor = registry.make_own_actor(owner.user)
    assert readings_for(actor).count() == 0  # asking is no read
    assert client.get(f"/registry/units/{home.unit.pk}/").status_code == 200
    assert readings_for(actor).count() == 1
    client.get(f"/registry/units/{other.pk}/")
    assert readings_for(actor).count() == 1
    assert client.get(f"/registry/people/{home.person.pk}/").status_code == 200
    assert client.get("/registry/units/").status_code == 200  # the list shows both rows
    found = readings_for(actor)
    assert found.count() == 3
    assert {e.reason for e in found} == {"查错误登记"}
    assert AuditEvent.objects.filter(action="access.elevation_read").count() == 5
    assert client.get("/registry/units/999999/").status_code == 404
    assert readings_for(actor).count() == 3


def test_reads_of_a_home_count_from_the_day_it_was_bound(home, owner, messages):
    client = elevated([f"registry.unit:{home.unit.pk}"], timezone.now())
    client.get(f"/registry/units/{home.unit.pk}/")
    actor = registry.make_own_actor(owner.user)
    assert readings_for(actor).count() == 1
    owner.user.home_bindings.update(bound_at=timezone.now() + timedelta(minutes=1))
    assert readings_for(actor).count() == 0


@pytest.fixture
def complained(home, owner):
    reveal(home)
    event = AuditEvent.objects.get(personal=True)
    where = f"/my/readings/{event.pk}/complain/"
    assert owner.post(where, {"text": " "}).status_code == 422
    assert owner.post(where, {"text": "我没有来电"}).status_code == 303
    assert owner.post(where, {"text": "再说一次"}).status_code == 422
    return ReadComplaint.objects.get()


def test_a_complaint_goes_to_the_audit_administrator_and_comes_back(complained, owner, messages):
    post = access.make_post(role=Role.AUDIT_ADMIN)
    actor = access.actor_for(post.user, post, timezone.now())
    task = Task.objects.visible_to(actor).open().get()
    assert task.link == f"/registry/complaints/{complained.pk}/"
    security = access.make_actor(role=Role.SECURITY_ADMIN)
    assert not Task.objects.visible_to(security).exists()
    client = Client(headers={"accept-language": "en"})
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    page = words(client.get(task.link))
    assert "我没有来电" in page
    answer = {"upheld": "yes", "answer": "查阅没有业务依据，已处理。"}
    assert client.post(f"{task.link}answer/", answer).status_code == 303
    assert client.post(f"{task.link}answer/", answer).status_code == 403
    assert not Task.objects.visible_to(actor).open().exists()
    complained.refresh_from_db()
    assert (complained.state, complained.answered_by) == ("upheld", post.user)
    told = [m for m in messages if m["template"] == "registry.complaint_answered"]
    assert {m["channel"] for m in told} == {"inapp", "sms"}
    assert "查阅没有业务依据" in words(owner.get("/my/readings/"))


def test_nobody_else_answers_a_complaint(complained):
    how = {"complaint": complained, "upheld": False, "at": timezone.now()}
    for role in (Role.SECURITY_ADMIN, Role.DESK_CLERK, Role.AUDITOR, Role.OWNER):
        with pytest.raises(Refused):
            services.complaint_answer(actor=access.make_actor(role=role), answer="不", **how)
    admin = access.make_actor(role=Role.AUDIT_ADMIN)
    with pytest.raises(InvalidInput):
        services.complaint_answer(actor=admin, answer="  ", **how)
    assert not ReadComplaint.objects.exclude(state="received").exists()


def test_the_same_read_is_complained_about_once(complained, home, owner):
    event = AuditEvent.objects.get(personal=True)
    with pytest.raises(Conflict):
        services.complaint_raise(
            actor=registry.make_own_actor(owner.user), event=event,
            binding=owner.user.home_bindings.get(), text="又", at=timezone.now(),
        )  # fmt: skip
