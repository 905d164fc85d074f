"""Messages leave after the commit, are tried again, and raise an alarm when they do not go."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from anju.access.models import Organisation, Post, User
from anju.access.permissions import GRANTS
from anju.access.states import Role
from anju.core.actors import SYSTEM
from anju.core.errors import Refused
from anju.core.ports import MESSENGER
from anju.notices import channels, rules
from anju.notices.catalogue import link_of, messages, words
from anju.notices.models import Notice, OutboxMessage
from anju.notices.queries import notice_words, unread_count
from anju.notices.services import (
    message_retry,
    messages_send_due,
    notices_read,
    receipts_take,
    stuck_alarm,
)
from anju.notices.states import MessageState, ReceiptWay
from tests.factories.audit import make_actor

OPERATOR = make_actor(role="system_admin", permissions=GRANTS[Role.SYSTEM_ADMIN])
PHONE = "13812345678"


def put(channel: str = "sms", to: str = PHONE, **values: object) -> OutboxMessage:
    given = {"label": "安居", "before": "2026-11-23", "after": "2026-11-25", "url": "/desk/"}
    MESSENGER.get()(
        channel=channel, to=to, template="reference.deadline_moved", values=given | values
    )
    return OutboxMessage.objects.latest("pk")


def send(after: timedelta = timedelta()) -> int:
    return messages_send_due(actor=SYSTEM, at=timezone.now() + after)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """Half past twelve in Shanghai, so that no text message waits for the morning."""
    at = datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: at)


@pytest.fixture
def person(db) -> User:
    return User.objects.create_user("p", full_name="P", language="en")


def test_a_message_of_a_failed_act_never_leaves(db):
    def act() -> None:
        with transaction.atomic():
            put()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not OutboxMessage.objects.exists()


def test_an_undeclared_or_incomplete_message_is_refused_at_once(db):
    with pytest.raises(LookupError):
        MESSENGER.get()(channel="sms", to=PHONE, template="no.such", values={})
    with pytest.raises(ValueError, match="label"):
        MESSENGER.get()(
            channel="sms", to=PHONE, template="reference.deadline_moved", values={"before": 1}
        )


def test_address_and_values_are_not_in_the_database_in_clear(db):
    message = put(label="张三")
    assert message.to_masked == "138****5678"
    for stored in (message.to_sealed, message.values_sealed):
        assert PHONE.encode() not in bytes(stored)
        assert "张三".encode() not in bytes(stored)


def test_mail_is_sent_once_and_its_receipt_taken(db):
    put("mail", "li@example.cn")
    assert send() == 1
    assert send() == 0
    assert [m.to for m in mail.outbox] == [["li@example.cn"]]
    message = OutboxMessage.objects.get()
    assert message.state == MessageState.SENT
    at = timezone.now()
    word = [channels.Receipt(receipt=message.receipt, delivered=True)]
    receipts_take(actor=SYSTEM, receipts=word, via=ReceiptWay.POLL, at=at)
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == (MessageState.DELIVERED, at)


def test_a_gateway_that_fails_is_tried_again_then_given_up_and_no_number_is_logged(
    db, monkeypatch, caplog
):
    def broken(to: str, subject: str, body: str) -> str:
        raise channels.NotSent("gateway: 503")

    monkeypatch.setattr(channels, "sms_adapter", lambda: broken)
    caplog.set_level(logging.DEBUG)
    message = put()
    for turn in range(rules.MAX_ATTEMPTS):
        assert send(timedelta(hours=turn)) == 1
        assert send(timedelta(hours=turn)) == 0  # not before its time
    message.refresh_from_db()
    assert (message.state, message.failure) == (MessageState.FAILED, "gateway: 503")
    assert send(timedelta(days=9)) == 0
    assert PHONE not in caplog.text
    assert "安居" not in caplog.text
    with pytest.raises(Refused):
        message_retry(actor=make_actor(), message=message, at=timezone.now())
    message_retry(actor=OPERATOR, message=message, at=timezone.now())
    assert send() == 1


def test_operators_are_told_once_about_messages_that_are_stuck(person, monkeypatch):
    body = Organisation.objects.create(kind="bureau", name="局", sort_key="ju")
    Post.objects.create(
        user=person, organisation=body, role=Role.SYSTEM_ADMIN, valid_from=date(2020, 1, 1)
    )
    put()
    now = timezone.now()
    assert stuck_alarm(actor=SYSTEM, at=now) == 0
    late = now + rules.STUCK_AFTER + timedelta(seconds=5)
    assert stuck_alarm(actor=SYSTEM, at=late) == 1
    assert stuck_alarm(actor=SYSTEM, at=late) == 0
    messages_send_due(actor=SYSTEM, at=late)
    notice = Notice.objects.get(user=person)
    assert notice.template == "notices.stuck"
    assert notice.link == "/outgoing/"


def test_the_inbox_counts_unread_and_belongs_to_one_person(person):
    put("inapp", str(person.pk))
    put("inapp", str(person.pk))
    send()
    reader, other = make_actor(user_id=person.pk), make_actor(user_id=person.pk + 1)
    assert (unread_count(reader), unread_count(other)) == (2, 0)
    first = Notice.objects.visible_to(reader).first()
    assert "安居" in notice_words(first)[0]
    assert notices_read(actor=other, pks=[first.pk], at=timezone.now()) == 0
    assert notices_read(actor=reader, pks=[first.pk], at=timezone.now()) == 1
    assert notices_read(actor=reader, pks=None, at=timezone.now()) == 1
    assert unread_count(reader) == 0


def test_a_message_to_nobody_fails_without_being_tried_for_ever(db):
    message = put("inapp", "999999")
    assert send() == 1
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


@pytest.mark.parametrize("link", ["https://evil.cn/", "//evil.cn", "javascript:alert(1)", ""])
def test_a_message_leads_only_into_the_platform(link):
    assert link_of("reference.deadline_moved", {"url": link}) == ""


def test_every_message_has_words_in_both_languages():
    class Any(dict):
        def __missing__(self, key: str) -> str:
            return "1"

    for name in messages():
        if name.partition(".")[0] not in ("access", "audit", "notices", "reference", "registry"):
            continue  # other apps' catalogues are checked with their texts
        english, chinese = words(name, Any(), "en"), words(name, Any(), "zh-hans")
        assert all(english)
        assert all(chinese)
        assert english != chinese, name


@pytest.mark.parametrize(
    ("channel", "to", "seen"),
    [
        ("sms", PHONE, "138****5678"),
        ("sms", "1234", "****"),
        ("mail", "li@example.cn", "l***@example.cn"),
        ("mail", "broken", "***"),
        ("inapp", "7", "7"),
    ],
)
def test_addresses_are_masked(channel, to, seen):
    assert rules.masked(channel, to) == seen
