"""Text messages get receipts: by a signed call of the gateway, or when we ask."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from anju.access.models import Organisation, Post, User
from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.ports import MESSENGER
from anju.notices import channels, rules
from anju.notices.models import GatewayCall, Notice, OutboxMessage
from anju.notices.queries import receipts_unknown
from anju.notices.services import (
    messages_send_due,
    receipts_poll,
    receipts_take,
    stuck_alarm,
)
from anju.notices.states import MessageState, ReceiptWay

NOON = datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
NIGHT = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
SECRET = "a-secret-of-the-gateway"
WORDS = {"label": "安居", "before": "2026-11-23", "after": "2026-11-25", "url": "/desk/"}
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    def set_to(at):
        monkeypatch.setattr(timezone, "now", lambda: at)

    set_to(NOON)
    return set_to


@pytest.fixture(autouse=True)
def gateway(monkeypatch, clock):
    monkeypatch.setenv("ANJU_SMS_SECRET", SECRET)
    numbers = iter(range(1000))
    monkeypatch.setattr(channels, "sms_adapter", lambda: lambda *_: f"gw-{next(numbers)}")


def put(template="reference.deadline_moved", values=WORDS, channel="sms"):
    MESSENGER.get()(channel=channel, to="13812345678", template=template, values=values)
    return OutboxMessage.objects.latest("pk")


def sent(at=NOON, **how):
    message = put(**how)
    messages_send_due(actor=SYSTEM, at=at)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    return message


def call(receipts, *, secret=SECRET, at=NOON, body=None, stamp=None):
    body = json.dumps({"receipts": receipts}).encode() if body is None else body
    stamp = str(int(at.timestamp())) if stamp is None else stamp
    return Client().post(
        "/api/v1/messages/receipts",
        data=body,
        content_type="application/json",
        headers={
            "X-Anju-Timestamp": stamp,
            "X-Anju-Signature": rules.signature_of(secret=secret, stamp=stamp, body=body),
        },
    )


def take(message, *, delivered=False, code="", at=NOON):
    word = [channels.Receipt(receipt=message.receipt, delivered=delivered, code=code)]
    found = receipts_take(actor=SYSTEM, receipts=word, via=ReceiptWay.POLL, at=at)
    message.refresh_from_db()
    return found


@pytest.mark.django_db
def test_a_signed_call_delivers_one_and_fails_another():
    first, second = sent(), sent()
    answer = call(
        [
            {"message": first.receipt, "state": "delivered", "code": "DELIVRD"},
            {"message": second.receipt, "state": "failed", "code": "REJECTD"},
            {"message": "of-somebody-else", "state": "delivered"},
        ]
    )
    assert answer.status_code == 200
    assert answer.json() == {"taken": 2, "repeated": 0, "unknown": 1}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.delivered_at) == (MessageState.DELIVERED, NOON)
    assert (second.state, second.failure_code) == (MessageState.FAILED, "REJECTD")
    assert receipts_unknown(since=NOON - HOUR) == 1


@pytest.mark.django_db
def test_the_same_call_again_changes_and_counts_nothing():
    message = sent()
    word = [
        {"message": message.receipt, "state": "failed", "code": "UNDELIV"},
    ]
    word.append({"message": "unknown-7", "state": "delivered"})
    assert call(word).json()["taken"] == 1
    assert call(word).json() == {"taken": 0, "repeated": 2, "unknown": 0}
    assert GatewayCall.objects.count() == 1
    # A later word on a message that has its end is heard, and changes nothing.
    later = [{"message": message.receipt, "state": "delivered"}]
    assert call(later).json() == {"taken": 0, "repeated": 1, "unknown": 0}
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "how",
    [
        {"secret": "a-secret-of-somebody"},
        {"at": NOON - timedelta(minutes=6)},
        {"at": NOON + timedelta(minutes=6)},
        {"stamp": ""},
        {"stamp": "now"},
        {"stamp": "²"},
        {"stamp": "9" * 400},
    ],
)
def test_a_call_not_signed_now_with_the_secret_is_turned_away(how):
    message = sent()
    answer = call([{"message": message.receipt, "state": "delivered"}], **how)
    assert answer.status_code == 401
    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.django_db
def test_a_changed_body_and_a_missing_secret_are_turned_away(monkeypatch):
    message = sent()
    stamp = str(int(NOON.timestamp()))
    signed = rules.signature_of(secret=SECRET, stamp=stamp, body=b'{"receipts": []}')
    headers = {"X-Anju-Timestamp": stamp, "X-Anju-Signature": signed}
    body = json.dumps({"receipts": [{"message": message.receipt, "state": "delivered"}]})
    where = "/api/v1/messages/receipts"
    answer = Client().post(where, body, content_type="application/json", headers=headers)
    assert answer.status_code == 401
    assert Client().post(where, body, content_type="application/json").status_code == 401
    monkeypatch.delenv("ANJU_SMS_SECRET")
    assert call([], secret="").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"receipts": [{"message": "a\\u0000b", "state": "delivered"}]}',
     b'{"receipts": [{"message": "x", "state": "perhaps"}]}', b"\xff\xfe"],
)  # fmt: skip
def test_a_signed_call_of_the_wrong_form_is_refused_in_words(body):
    answer = call([], body=body)
    assert answer.status_code in (400, 422)
    assert not GatewayCall.objects.exists()


@pytest.mark.django_db
def test_a_phone_that_was_off_is_tried_again_twice_and_then_given_up():
    message, at = sent(), NOON
    for turn in range(1, rules.MAX_RESENDS + 1):
        take(message, code="EXPIRED", at=at)
        assert (message.state, message.resends) == (MessageState.WAITING, turn)
        assert messages_send_due(actor=SYSTEM, at=at) == 0  # not at once
        at += rules.RESEND_AFTER
        assert messages_send_due(actor=SYSTEM, at=at) == 1
        message.refresh_from_db()
    take(message, code="EXPIRED", at=at)
    assert (message.state, message.failure_code) == (MessageState.FAILED, "EXPIRED")


@pytest.mark.django_db
def test_a_code_that_did_not_arrive_is_not_sent_again():
    message = sent(template="access.phone_code", values={"code": "123456"})
    take(message, code="EXPIRED")
    assert message.state == MessageState.FAILED


@pytest.mark.django_db
def test_at_night_only_codes_go_out(clock):
    clock(NIGHT)
    quiet, code = put(), put(template="access.phone_code", values={"code": "123456"})
    mail = put(channel="mail")
    assert quiet.due_at == datetime(2026, 6, 1, 23, 0, tzinfo=UTC)  # 07:00 in Shanghai
    assert messages_send_due(actor=SYSTEM, at=NIGHT) == 2
    states = [OutboxMessage.objects.get(pk=m.pk).state for m in (quiet, code, mail)]
    assert states == ["waiting", "sent", "sent"]
    code.refresh_from_db()
    take(code, delivered=True, at=NIGHT)
    morning = quiet.due_at
    assert stuck_alarm(actor=SYSTEM, at=morning - timedelta(seconds=1)) == 0
    assert messages_send_due(actor=SYSTEM, at=morning) == 1


@pytest.mark.django_db
def test_what_was_due_in_the_evening_and_did_not_go_waits_for_the_morning(clock):
    clock(NIGHT - 2 * HOUR)  # 21:30
    message = put()
    assert messages_send_due(actor=SYSTEM, at=NIGHT) == 0
    assert messages_send_due(actor=SYSTEM, at=rules.wakes_at(NIGHT)) == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(21, 59, False), (22, 0, True), (23, 59, True), (0, 0, True), (6, 59, True), (7, 0, False)],
)
def test_quiet_hours_in_shanghai(hour, minute, quiet):
    at = datetime(2026, 12, 31, hour, minute, tzinfo=rules.SHANGHAI)
    assert rules.is_quiet(at) is quiet
    woken = rules.wakes_at(at)
    assert rules.is_quiet(woken) is False
    assert (woken == at) is not quiet
    assert woken - at <= 9 * HOUR


@pytest.mark.django_db
def test_operators_are_told_of_messages_without_a_receipt_and_of_failed_ones():
    body = Organisation.objects.create(kind="bureau", name="局")
    user = User.objects.create_user("p", full_name="P", language="en")
    post = {"organisation": body, "role": Role.SYSTEM_ADMIN, "valid_from": date(2020, 1, 1)}
    Post.objects.create(user=user, **post)
    unheard, failed = sent(), sent()
    take(failed, code="REJECTD")
    assert stuck_alarm(actor=SYSTEM, at=NOON) == 1  # the failed one, at once
    late = NOON + rules.RECEIPT_LATE_AFTER + timedelta(seconds=1)
    assert stuck_alarm(actor=SYSTEM, at=late) == 1
    assert stuck_alarm(actor=SYSTEM, at=late) == 0
    unheard.refresh_from_db()
    assert unheard.alarmed_at == late
    messages_send_due(actor=SYSTEM, at=late)
    assert Notice.objects.filter(user=user, template="notices.stuck").count() == 2


@pytest.mark.django_db
def test_where_no_gateway_gives_receipts_none_is_missed(monkeypatch):
    monkeypatch.delenv("ANJU_SMS_SECRET")
    sent()
    assert stuck_alarm(actor=SYSTEM, at=NOON + 3 * HOUR) == 0


@pytest.mark.django_db
def test_the_gateway_is_asked_about_what_waits(monkeypatch):
    first, second = sent(), sent()
    asked = []

    def poll(waiting, now):
        asked.append([one.receipt for one in waiting])
        return [channels.Receipt(receipt=first.receipt, delivered=True, code="DELIVRD")]

    monkeypatch.setattr(channels, "poll_adapter", lambda: poll)
    assert receipts_poll(actor=SYSTEM, at=NOON) == 1
    assert receipts_poll(actor=SYSTEM, at=NOON) == 0
    assert asked == [[first.receipt, second.receipt], [second.receipt]]
    first.refresh_from_db()
    assert first.state == MessageState.DELIVERED


def test_the_demo_gateway_takes_its_time_and_sometimes_fails():
    waiting = [channels.Sent(receipt=f"demo-{n}", sent_at=NOON) for n in range(600)]
    assert channels.demo_poll(waiting, NOON + timedelta(seconds=1)) == []
    some = channels.demo_poll(waiting, NOON + timedelta(seconds=9))
    every = channels.demo_poll(waiting, NOON + timedelta(seconds=18))
    assert 0 < len(some) < len(every) == 600
    failed = [one for one in every if not one.delivered]
    assert 20 < len(failed) < 90
    assert {one.code for one in failed} == {"UNDELIV", "EXPIRED", "REJECTD"}


@pytest.mark.django_db
def test_calls_of_the_gateway_cannot_be_rewritten():
    call([])
    row = GatewayCall.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        GatewayCall.objects.filter(pk=row.pk).update(unknown=9)
