"""The pages of the desk and of the security administrator."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anju.access.states import Role
from anju.partners.models import CorrectionReport, Delivery, Endpoint
from anju.partners.sending import Outcome
from anju.partners.services.deliveries import deliveries_send_due
from anju.partners.services.events import events_dispatch
from anju.registry.models import ChangeRequest
from tests.factories import access, registry

from .conftest import Partner, make_endpoint, report_of

pytestmark = pytest.mark.django_db


def at_desk(role: Role, area: Any = None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["anju_language"] = "en"
    client.force_login(access.make_post(role=role, area=area).user)
    return client


def sent(partner: Partner, **fields: Any) -> CorrectionReport:
    made = partner.post("/reports", report_of(registry.make_community(), **fields)).json()
    return CorrectionReport.objects.get(pk=made["id"])


def test_the_clerk_accepts_by_page(partner):
    report = sent(partner)
    client = at_desk(Role.DESK_CLERK)
    page = client.get(f"/partners/reports/{report.pk}/")
    assert report.evidence in page.content.decode()
    day = timezone.localdate().isoformat()
    answer = client.post(
        f"/partners/reports/{report.pk}/accept/", {"value": "阳光花苑", "on_day": day}
    )
    assert answer.status_code == 303
    report.refresh_from_db()
    assert report.state == "accepted"
    assert ChangeRequest.objects.get().after == {"name": "阳光花苑", "on_day": day}
    assert client.get(f"/partners/reports/{report.pk}/accept/").status_code == 403


@pytest.mark.parametrize("move", ["refuse", "correct"])
def test_no_decision_without_words(partner, move):
    report = sent(partner)
    client = at_desk(Role.DESK_CLERK)
    answer = client.post(f"/partners/reports/{report.pk}/{move}/", {"answer": " "})
    assert answer.status_code == 422
    report.refresh_from_db()
    assert report.state == "received"
    assert (
        client.post(f"/partners/reports/{report.pk}/{move}/", {"answer": "已核对"}).status_code
        == 303
    )


def test_a_clerk_of_another_district_meets_404(partner):
    report = sent(partner)
    there = registry.make_committee("石桥社区", "石桥区")
    client = at_desk(Role.DISTRICT_CLERK, there.district)
    assert client.get("/partners/reports/").status_code == 200
    assert client.get(f"/partners/reports/{report.pk}/").status_code == 404
    for move in ("accept", "correct", "refuse"):
        address = f"/partners/reports/{report.pk}/{move}/"
        assert client.post(address, {"answer": "不实"}).status_code == 404
    exported = client.post("/partners/reports/", {"export_all": "csv"})
    assert report.reference not in b"".join(exported).decode()
    report.refresh_from_db()
    assert report.state == "received"


def test_the_list_filters_and_exports(partner):
    report = sent(partner)
    client = at_desk(Role.DESK_CLERK)
    for query, shown in (
        ("state=received", True),
        ("state=refused", False),
        ("kind=company", False),
    ):
        body = client.get(f"/partners/reports/?{query}").content.decode()
        assert (f"/partners/reports/{report.pk}/" in body) is shown, query
    exported = b"".join(client.post("/partners/reports/", {"export_all": "csv"})).decode()
    assert report.reference in exported
    assert report.evidence in exported


def test_the_secret_is_shown_once(partner):
    client = at_desk(Role.SECURITY_ADMIN)
    values = {
        "organisation": partner.organisation.pk, "name": "回调", "kinds": ["company.changed"],
        "address": "https://hooks.example/a",
    }  # fmt: skip
    refused = client.post("/partners/endpoints/new/", values | {"address": "http://hooks.example/"})
    assert refused.status_code == 422
    assert "https://" in refused.content.decode()
    assert not Endpoint.objects.exists()
    shown = client.post("/partners/endpoints/new/", values)
    secret = re.search(r"whsec_[\w+/=]+", shown.content.decode())
    assert secret is not None
    endpoint = Endpoint.objects.get()
    for path in ("", "change/", "rotate/"):
        body = client.get(f"/partners/endpoints/{endpoint.pk}/{path}").content.decode()
        assert "whsec_" not in body
    other = client.post(f"/partners/endpoints/{endpoint.pk}/rotate/").content.decode()
    assert "whsec_" in other
    assert secret[0] not in other
    changed = values | {"kinds": ["project.changed"]}
    assert client.post(f"/partners/endpoints/{endpoint.pk}/change/", changed).status_code == 303
    assert Endpoint.objects.get().kinds == ["project.changed"]


def test_off_and_on_and_once_more(partner):
    client = at_desk(Role.SECURITY_ADMIN)
    endpoint, _secret = make_endpoint(partner.organisation, kinds=("community.changed",))
    registry.make_community()
    events_dispatch(at=timezone.now())
    deliveries_send_due(
        clock=timezone.now, carry=lambda *a, **k: Outcome(status=500, failure="status")
    )
    delivery = Delivery.objects.get()
    page = client.get(f"/partners/deliveries/{delivery.pk}/").content.decode()
    assert "500" in page
    assert delivery.event.uid in page
    assert client.post(f"/partners/deliveries/{delivery.pk}/resend").status_code == 403
    Delivery.objects.update(state="failed", due_at=None, ended_at=timezone.now())
    assert client.post(f"/partners/deliveries/{delivery.pk}/resend").status_code == 303
    off = f"/partners/endpoints/{endpoint.pk}/off/"
    assert client.post(off, {"reason": ""}).status_code == 422
    assert client.post(off, {"reason": "检修"}).status_code == 303
    assert client.post(f"/partners/endpoints/{endpoint.pk}/on/").status_code == 303
    assert Endpoint.objects.get().state == "active"


def test_a_clerk_keeps_no_endpoints_and_the_administrator_reads_no_report(partner):
    report = sent(partner)
    assert at_desk(Role.DESK_CLERK).get("/partners/endpoints/").status_code == 403
    keeper = at_desk(Role.SECURITY_ADMIN)
    assert keeper.get("/partners/reports/").status_code == 403
    assert keeper.get(f"/partners/reports/{report.pk}/").status_code == 404
