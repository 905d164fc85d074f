"""No service does anything for somebody who has no right to it, whatever calls it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anju.access.permissions import PERMISSIONS
from anju.core.actors import Actor, ActorKind, Reach
from anju.core.errors import NotFound, Refused
from tests.factories import registry
from tests.factories.samples import World, every_service

pytestmark = pytest.mark.django_db

# Services that ask nobody's right, and why.
OPEN = {
    "access.elevation_read": "called for what an elevation opened",
    "access.owner_register": "anybody may open an account",
    "access.signin_begin": "the sign-in itself, before there is a right",
    "access.signin_refuse": "the sign-in itself, before there is a right",
    "access.signins_end": "only sign-ins the actor may see",
    "files.file_open_record": "the view has loaded the file within reach",
    "exports.export_ask": "the list's own permission, asked by its page and again by the job",
    "exports.export_begin": "a job",
    "exports.export_end": "a job",
    "exports.export_finish": "a job",
    "files.file_store": "the purpose is asked first",
    "files.files_freeze": "called by services after their own policy",
    "files.files_scan": "a job",
    "files.files_store": "called by services after their own policy",
    "flow.move_make": "called by services after their own policy",
    "flow.task_open": "called by services after their own policy",
    "flow.tasks_close": "called by services after their own policy",
    "notices.notices_read": "one's own messages",
    "notices.receipts_take": "the gateway's signature, asked by its address",
    "notices.stuck_alarm": "a job",
    "registry.tenancies_end_due": "a job",
    "ui.list_export": "the list's own permission, asked by its page",
    "ui.saved_filter_keep": "one's own filter",
}
# Services that find their row first and ask then: tried in the tests of their apps.
NEEDS_A_ROW = {
    "access.elevation_approve",
    "access.elevation_end",
    "access.elevation_refuse",
    "access.key_revoke",
    "contracts.contract_change",
    "contracts.contract_end",
    "contracts.filing_decide",
    "documents.paper_withdraw",
    "exports.export_cancel",
    "exports.export_fetch",
    "exports.export_repeat",
    "files.file_take_back",
    "flow.objection_answer",
    "flow.objection_raise",
    "flow.publicity_end",
    "flow.publicity_withdraw",
    "notices.message_retry",
    "partners.delivery_resend",
    "partners.report_accept",
    "partners.report_correct",
    "partners.report_follow",
    "partners.report_refuse",
    "partners.report_withdraw",
    "reference.change_confirm",
    "reference.change_refuse",
    "reference.change_withdraw",
    "registry.complaint_answer",
    "registry.invitation_withdraw",
}
NO_ROW = ("DoesNotExist", "RelatedObjectDoesNotExist", "ValueError: not enough values")
# Services of the register that reach the whole city by design, and why.
COMPANIES = "companies are public and of the whole city"
MANAGERS = "a manager's file follows from company to company"
CITY_WIDE = {
    "registry.branch_add": COMPANIES,
    "registry.company_change": COMPANIES,
    "registry.company_close": COMPANIES,
    "registry.company_register": COMPANIES,
    "registry.company_reopen": COMPANIES,
    "registry.staff_add": COMPANIES,
    "registry.staff_end": COMPANIES,
    "registry.manager_change": MANAGERS,
    "registry.manager_employ": MANAGERS,
    "registry.manager_enter": MANAGERS,
    "registry.manager_leave": MANAGERS,
    "registry.manager_publish_phone": MANAGERS,
    "registry.manager_retire": MANAGERS,
    "registry.import_preview": "each row of the file is asked for its own place",
    "registry.person_register": "a person has no place before owning something",
}


@pytest.fixture(autouse=True)
def secrets(tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path_factory.getbasetemp() / "secrets"))


def outcome(service: Any, actor: Actor, arguments: dict[str, Any]) -> str:
    """How the call ended: ``refused``, or what it did instead."""
    with CaptureQueriesContext(connection) as queries:
        try:
            with transaction.atomic():
                service(actor=actor, at=registry.NOW, **arguments)
                transaction.set_rollback(True)
            ended = "done"
        except (Refused, NotFound):
            ended = "refused"
        except Exception as error:
            ended = f"{type(error).__name__}: {error}"
    words = [query["sql"].lstrip().split(None, 1)[0].upper() for query in queries]
    wrote = {word for word in words if word in ("INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE")}
    return ended if ended != "refused" or not wrote else f"refused after {sorted(wrote)}"


def told(wrong: dict[str, str]) -> str:
    """One line a service."""
    return "\n".join(f"{name}: {ended[:150]}" for name, ended in wrong.items())


def test_nobody_without_a_right_changes_anything():
    world = World()
    nobody = Actor(
        kind=ActorKind.USER,
        role="inspector",
        reach=Reach.CITY,
        permissions=frozenset(),
        user_id=registry.make_user().pk,
    )
    found = {
        name: outcome(service, nobody, world.arguments(service))
        for name, service in sorted(every_service().items())
    }
    assert len(found) > 100
    assert {name for name, ended in found.items() if ended == "refused"} & set(OPEN) == set()
    absent = {n for n, ended in found.items() if ended.startswith(NO_ROW)}
    assert absent ^ NEEDS_A_ROW == set()
    left = set(found) - set(OPEN) - NEEDS_A_ROW
    wrong = {name: found[name] for name in left if found[name] != "refused"}
    assert not wrong, told(wrong)


def test_nobody_changes_the_register_outside_the_place_of_the_post():
    world = World()
    stranger = Actor(
        kind=ActorKind.USER,
        role="district_clerk",
        reach=Reach.DISTRICT,
        permissions=frozenset(PERMISSIONS),
        user_id=registry.make_user().pk,
        area_id=world.away.district_id,
    )
    found = {
        name: outcome(service, stranger, world.arguments(service))
        for name, service in sorted(every_service().items())
        if name.startswith("registry.")
    }
    assert {name for name, ended in found.items() if ended == "refused"} & set(CITY_WIDE) == set()
    open_to_all = {*CITY_WIDE, *NEEDS_A_ROW, *OPEN}
    wrong = {n: ended for n, ended in found.items() if ended != "refused" and n not in open_to_all}
    assert not wrong, told(wrong)
