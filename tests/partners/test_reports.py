"""A partner reports a wrong value; officials of the place decide; the partner reads the state."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from anju.access.states import Role
from anju.audit.models import AuditEvent
from anju.core.actors import SYSTEM
from anju.core.errors import InvalidInput, Refused
from anju.flow.models import Task
from anju.partners.models import CorrectionReport
from anju.partners.services.reports import (
    report_accept,
    report_correct,
    report_refuse,
    reports_follow,
)
from anju.registry import services
from anju.registry.models import ChangeRequest, Community
from anju.registry.services import change_approve, change_propose, change_refuse
from tests.factories import registry

from .conftest import Partner, report_of

pytestmark = pytest.mark.django_db
AT = registry.NOW


def sent(partner: Partner, subject: Any, **fields: Any) -> CorrectionReport:
    answer = partner.post("/reports", report_of(subject, **fields))
    assert answer.status_code == 201, answer.content
    return CorrectionReport.objects.get(pk=answer.json()["id"])


def clerk(community: Any = None) -> Any:
    return registry.make_actor(Role.DESK_CLERK)


def test_a_report_becomes_a_row_with_its_place_a_task_and_an_audit_row(partner):
    community = registry.make_community()
    report = sent(partner, community, stated="太阳花园")
    assert report.committee_id == community.committee_id
    assert report.district_id == community.district_id
    assert (report.held_value, report.stated_value) == (community.name, "太阳花园")
    task = Task.objects.get(subject_id=report.pk, kind="partners.report")
    assert (task.role, task.state) == ("desk_clerk", "open")
    assert AuditEvent.objects.filter(action="partners.report_receive").count() == 1


def a_leader():
    """A manager who leads a project today, and is public for that."""
    project = registry.make_project()
    manager = registry.make_manager(project.company)
    services.project_manager_change(
        actor=registry.SYSTEM,
        project=project,
        manager=manager,
        from_day=project.period.lower,
        at=registry.NOW,
    )
    return manager


@pytest.mark.parametrize(
    ("kind", "field", "make"),
    [
        ("company", "telephone", registry.make_company),
        ("manager", "name", a_leader),
        ("project", "home_fee_fen", registry.make_project),
        ("project", "manager", registry.make_project),
        ("company", "is_out_of_town", registry.make_company),
    ],
)
def test_every_kind_of_thing_can_be_reported(partner, kind, field, make):
    if not registry.models.Community.objects.exists():
        registry.make_community()
    report = sent(partner, make(), kind=kind, field=field, stated="", right="另一个")
    assert report.subject_kind == kind
    assert report.area_id


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "home"}, 422),
        ({"field": "outline"}, 422),
        ({"subject_id": 2_000_000_000}, 404),
        ({"right": " \u200b"}, 422),
        ({"right": "阳光花园", "stated": "阳光花园"}, 422),
        ({"evidence": "\n\n"}, 422),
        ({"reference": "x" * 61}, 422),
        ({"right": "x" * 301}, 422),
        ({"surprise": 1}, 422),
        ({"subject_id": "1"}, 422),
    ],
)
def test_a_wrong_report_is_told_and_nothing_is_kept(partner, fields, status):
    answer = partner.post("/reports", report_of(registry.make_community()) | fields)
    assert answer.status_code == status, answer.content
    assert answer.json()["error"]
    assert not CorrectionReport.objects.exists()


def test_a_reference_is_taken_once(partner):
    community = registry.make_community()
    body = report_of(community)
    assert partner.post("/reports", body).status_code == 201
    again = partner.post("/reports", body)  # a new call with the same reference
    assert again.status_code == 409
    assert body["reference"] in again.json()["error"]
    assert CorrectionReport.objects.count() == 1
    assert Partner().post("/reports", body).status_code == 201  # another partner's number


def test_a_partner_sees_its_own_reports_alone(partner):
    community = registry.make_community()
    own, other = sent(partner, community), Partner()
    foreign = sent(other, community)
    listed = partner.get("/reports").json()
    assert [row["id"] for row in listed["rows"]] == [own.pk]
    assert listed["count"] == 1
    assert partner.get(f"/reports/{own.pk}").json()["state"] == "received"
    assert partner.get(f"/reports/{foreign.pk}").status_code == 404
    assert partner.post(f"/reports/{foreign.pk}/withdraw").status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "received"


def test_a_key_without_the_scope_neither_reads_nor_reports(partner):
    reader = Partner(scopes=("registry:api_read",))
    assert reader.get("/communities").status_code == 200
    assert reader.get("/reports").status_code == 401
    answer = reader.post("/reports", report_of(registry.make_community()))
    assert answer.status_code == 401
    assert not CorrectionReport.objects.exists()


def test_a_partner_withdraws_while_nobody_has_decided(partner):
    report = sent(partner, registry.make_community())
    assert partner.post(f"/reports/{report.pk}/withdraw").json()["state"] == "withdrawn"
    assert Task.objects.get(subject_id=report.pk).state == "dropped"
    again = partner.post(f"/reports/{report.pk}/withdraw")
    assert again.status_code == 403
    with pytest.raises(Refused):
        report_refuse(actor=clerk(), report=report, answer="已处理", at=AT)


def test_refusing_needs_a_reason_that_the_partner_reads(partner):
    report = sent(partner, registry.make_community())
    with pytest.raises(InvalidInput):
        report_refuse(actor=clerk(), report=report, answer="  ", at=AT)
    report_refuse(actor=clerk(), report=report, answer="与备案证一致", at=AT)
    row = partner.get(f"/reports/{report.pk}").json()
    assert (row["state"], row["answer"]) == ("refused", "与备案证一致")
    assert Task.objects.get(subject_id=report.pk).state == "done"


def test_accepting_proposes_the_change_and_follows_it_to_the_end(partner):
    community = registry.make_community()
    report = sent(partner, community)
    one, two = clerk(), registry.make_actor(Role.DESK_CONFIRMER)
    report = report_accept(actor=one, report=report, value="阳光花苑", on_day=AT.date(), at=AT)
    change = ChangeRequest.objects.get()
    assert report.change_id == change.pk
    assert change.proposed_by_id == one.user_id
    assert report.state == "accepted"
    assert Community.objects.get(pk=community.pk).name == "阳光花园"
    assert reports_follow(actor=SYSTEM, at=AT) == 0
    change_approve(actor=two, change=change, at=AT)
    assert reports_follow(actor=SYSTEM, at=AT) == 1
    assert partner.get(f"/reports/{report.pk}").json()["state"] == "corrected"
    assert Community.objects.get(pk=community.pk).name == "阳光花苑"


def test_a_change_that_is_refused_gives_the_report_back_to_the_clerk(partner):
    report = sent(partner, registry.make_community())
    report_accept(actor=clerk(), report=report, value="阳光花苑", on_day=AT.date(), at=AT)
    change_refuse(
        actor=registry.make_actor(Role.DESK_CONFIRMER),
        change=ChangeRequest.objects.get(), note="证据不足", at=AT,
    )  # fmt: skip
    reports_follow(actor=SYSTEM, at=AT)
    report.refresh_from_db()
    assert (report.state, report.change_id, report.decided_at) == ("received", None, None)
    assert Task.objects.filter(subject_id=report.pk, state="open").count() == 1


def test_a_waiting_change_is_linked_and_a_stranger_is_not(partner):
    community, other = registry.make_community(), registry.make_community("晨曦园")
    actor = clerk()

    def propose(target: Any) -> ChangeRequest:
        return change_propose(
            actor=actor, action="community_rename", target=target, reason="更名", at=AT,
            after={"name": "新名", "on_day": AT.date().isoformat()},
        )  # fmt: skip

    report = sent(partner, community)
    mine, foreign = propose(community), propose(other)
    common = {"actor": actor, "report": report, "value": "", "on_day": AT.date(), "at": AT}
    with pytest.raises(InvalidInput):
        report_accept(**common, change=foreign)
    assert report_accept(**common, change=mine).change_id == mine.pk


def test_a_field_without_a_change_is_corrected_by_hand(partner):
    report = sent(partner, registry.make_community(), field="address", right="和平路8号")
    with pytest.raises(Refused):
        report_accept(actor=clerk(), report=report, value="x", on_day=AT.date(), at=AT)
    report_correct(actor=clerk(), report=report, answer="已更正地址", at=AT)
    assert partner.get(f"/reports/{report.pk}").json()["state"] == "corrected"


def test_officials_of_another_place_neither_see_nor_decide(partner):
    here = registry.make_community(area=registry.make_committee("和平社区", "云山区"))
    there = registry.make_committee("石桥社区", "石桥区")
    report = sent(partner, here)
    stranger = registry.make_actor(Role.DISTRICT_CLERK, there.district)
    neighbour = registry.make_actor(Role.DISTRICT_CLERK, here.district)
    assert not CorrectionReport.objects.visible_to(stranger).exists()
    assert CorrectionReport.objects.visible_to(neighbour).count() == 1
    with pytest.raises(Refused):
        report_refuse(actor=stranger, report=report, answer="不实", at=timezone.now())
    report_refuse(actor=neighbour, report=report, answer="不实", at=timezone.now())
