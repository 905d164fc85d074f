"""Signing in by each way, through real HTTP requests."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from anju.access import codes
from anju.access.models import SignIn, User
from anju.access.queries import actor_for
from anju.access.services.factors import recovery_renew, totp_add
from anju.access.services.signins import signins_end
from anju.access.states import Role
from anju.core.errors import Refused
from tests.factories.access import PASSWORD, make_post, make_user

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
INSIDE = "/account/"


def app_code(step: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + step))


def official(messages: list) -> User:
    user = make_post(user=make_user(password=PASSWORD)).user
    at = timezone.now()
    actor = actor_for(user, user.posts.get(), at)
    totp_add(actor=actor, user=user, secret=SECRET, code=app_code(), at=at)
    return user


def by_password(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/password", {"name": name, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


def test_owner_by_name_or_phone_and_password(client, messages):
    user = make_user(password=PASSWORD)
    assert by_password(client, user.username).status_code == 302
    assert is_in(client)
    other = Client()
    assert by_password(other, f"+86 {user.phone[:3]} {user.phone[3:7]}-{user.phone[7:]}")
    assert is_in(other)
    assert user.password.startswith("argon2")


def test_owner_by_phone_code(client, messages):
    user = make_user(phone="13800138000")
    sent = client.post("/sign-in", {"phone": "138 0013 8000", "send": "1"})
    assert sent.status_code == 200
    code = messages[-1]["values"]["code"]
    wrong = client.post(
        "/sign-in", {"phone": "13800138000", "code": "000000" if code != "000000" else "1" * 6}
    )
    assert wrong.status_code == 422
    assert not is_in(client)
    assert client.post("/sign-in", {"phone": "13800138000", "code": code}).status_code == 302
    assert is_in(client)
    assert SignIn.objects.get(user=user).way == "phone_code"
    # A code is good once.
    assert client.post("/sign-in", {"phone": "13800138000", "code": code}).status_code == 422


def test_first_phone_code_registers_an_owner(client, messages):
    client.post("/sign-in", {"phone": "13912345678", "send": "1"})
    code = messages[-1]["values"]["code"]
    answer = client.post("/sign-in", {"phone": "13912345678", "code": code})
    assert answer["Location"] == "/register"
    assert client.post("/register", {"full_name": ""}).status_code == 422
    assert client.post("/register", {"full_name": "王小明"}).status_code == 302
    user = User.objects.get(phone="13912345678")
    assert user.full_name == "王小明"
    assert is_in(client)
    assert not user.posts.exists()


def test_official_needs_the_app_code(client, messages):
    user = official(messages)
    answer = by_password(client, user.username, next="/account/sign-ins")
    assert answer["Location"] == "/sign-in/second"
    assert not is_in(client)
    assert client.post("/sign-in/second", {"code": "000000"}).status_code == 422
    assert not is_in(client)
    answer = client.post("/sign-in/second", {"code": app_code()})
    assert answer["Location"] == "/account/sign-ins"
    assert is_in(client)
    # The same code is not taken twice.
    other = Client()
    by_password(other, user.username)
    assert other.post("/sign-in/second", {"code": app_code()}).status_code == 422


def test_official_by_recovery_code_once(client, messages):
    user = official(messages)
    made = recovery_renew(
        actor=actor_for(user, user.posts.get(), timezone.now()), user=user, at=timezone.now()
    )
    by_password(client, user.username)
    assert client.post("/sign-in/second", {"code": made[0]}).status_code == 302
    assert is_in(client)
    other = Client()
    by_password(other, user.username)
    assert other.post("/sign-in/second", {"code": made[0]}).status_code == 422


def test_official_without_a_factor_sets_one_up_before_being_in(client, messages):
    user = make_post(user=make_user(password=PASSWORD)).user
    assert by_password(client, user.username)["Location"] == "/sign-in/factor"
    assert not is_in(client)
    assert client.get("/sign-in/factor").status_code == 200
    assert client.get("/account/factors/app").status_code == 200
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answer = client.post("/account/factors/app", {"code": code})
    assert answer["Location"] == "/account/factors/recovery"
    shown = client.get("/account/factors/recovery")
    assert shown.status_code == 200
    assert is_in(client)


def test_factor_pages_are_closed_to_strangers(client):
    assert client.get("/account/factors/app").status_code == 404
    assert client.get("/account/factors/passkey").status_code == 404
    assert client.get("/sign-in/second").status_code == 302


def test_five_wrong_passwords_lock_out_whatever_process_asks(client, messages):
    user = make_user(password=PASSWORD)
    for _n in range(codes.LOCK_TRIES):
        assert by_password(client, user.username, "wrong-password-1").status_code == 422
    # Another client, the phone instead of the name, the right password: still shut.
    other = Client()
    assert by_password(other, user.phone).status_code == 422
    assert not is_in(other)


def test_same_answer_whether_the_account_exists(client, messages):
    user = make_user(password=PASSWORD)

    def words(name: str) -> str:
        page = by_password(Client(), name, "wrong-password-1").content.decode()
        page = page.replace(name, "")
        return page[page.index('<div class="aj-error"') : page.index("<form")]

    assert words(user.username) == words("nobody-here")
    locked = make_user(password=PASSWORD, is_active=False)
    assert words(locked.username) == words("nobody-here")

    first = client.post("/sign-in", {"phone": user.phone, "send": "1"}).content.decode()
    second = Client().post("/sign-in", {"phone": "13711112222", "send": "1"}).content.decode()
    assert len(messages) == 2
    assert ("aj-error" in first) == ("aj-error" in second) is False


def test_session_key_changes_at_sign_in(client, messages):
    user = official(messages)
    client.get("/sign-in")
    client.post("/sign-in", {"phone": "13711112222", "send": "1"})
    by_password(client, user.username)
    pending = client.session.session_key
    client.post("/sign-in/second", {"code": app_code()})
    assert client.session.session_key != pending
    thief = Client()
    thief.cookies["sessionid"] = pending
    assert not is_in(thief)


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_redirect_leaves_the_site(client, messages, address):
    user = make_user(password=PASSWORD)
    answer = by_password(client, user.username, next=address)
    assert answer["Location"] == "/"


def test_revoked_sign_in_is_out_at_once(client, messages):
    user = make_user(password=PASSWORD)
    other = Client()
    by_password(client, user.username)
    by_password(other, user.username)
    assert is_in(other)
    row = SignIn.objects.get(session_key=other.session.session_key)
    assert client.post("/account/sign-ins", {"end": str(row.pk)}).status_code == 302
    assert not is_in(other)
    assert is_in(client)


def test_nobody_ends_the_sign_in_of_another(client, messages):
    mine, theirs = make_user(password=PASSWORD), make_user(password=PASSWORD)
    other = Client()
    by_password(client, mine.username)
    by_password(other, theirs.username)
    row = SignIn.objects.get(user=theirs)
    client.post("/account/sign-ins", {"end": str(row.pk)})
    assert is_in(other)
    assert (
        signins_end(actor=actor_for(mine, None, timezone.now()), user=theirs, at=timezone.now())
        == 0
    )


def test_new_password_signs_out_everywhere_else(client, messages):
    user = make_user(password=PASSWORD)
    other = Client()
    by_password(client, user.username)
    by_password(other, user.username)
    new = "quiet-Harbour-41-moon"
    answer = client.post("/account/password", {"old": PASSWORD, "password": new, "again": new})
    assert answer.status_code == 302
    assert is_in(client)
    assert not is_in(other)
    # The old one is not taken again.
    answer = client.post("/account/password", {"old": new, "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 422


@pytest.mark.parametrize("bad", ["short-1A", "password123", "1234567890123", "人员person-name"])
def test_weak_passwords_are_refused(client, messages, bad):
    user = make_user(password=PASSWORD, full_name="人员person")
    by_password(client, user.username)
    answer = client.post("/account/password", {"old": PASSWORD, "password": bad, "again": bad})
    assert answer.status_code == 422


def test_locked_account_is_out_at_once(client, messages, journal):
    from anju.access.services.accounts import account_lock
    from tests.factories.access import make_actor

    user = make_user(password=PASSWORD)
    by_password(client, user.username)
    actor = make_actor(role=Role.SECURITY_ADMIN)
    account_lock(actor=actor, user=user, reason="疑似被盗用", at=timezone.now())
    assert not is_in(client)
    assert by_password(client, user.username).status_code == 422


def test_officials_left_alone_are_signed_out(client, messages):
    user = official(messages)
    by_password(client, user.username)
    client.post("/sign-in/second", {"code": app_code()})
    assert is_in(client)
    session = client.session
    session["anju_seen"] = int(timezone.now().timestamp()) - 31 * 60
    session.save()
    assert not is_in(client)
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_codes_to_one_phone_are_throttled(db, messages):
    codes.code_send("13700000001", purpose="signin", address="10.0.0.1")
    with pytest.raises(Refused):
        codes.code_send("13700000001", purpose="signin", address="10.0.0.2")


def test_a_code_has_five_tries(db, messages):
    codes.code_send("13700000002", purpose="signin", address="10.0.0.1")
    code = messages[-1]["values"]["code"]
    wrong = "000000" if code != "000000" else "111111"
    left = [codes.code_check("13700000002", wrong, purpose="signin") for _n in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert codes.code_check("13700000002", code, purpose="signin") == 0


def test_phone_change_needs_the_codes_of_both_phones(client, messages):
    user = make_user(password=PASSWORD)
    by_password(client, user.username)
    client.post("/account/phone", {"phone": "13600001111", "send": "1"})
    sent = {m["to"]: m["values"]["code"] for m in messages}
    assert set(sent) == {user.phone, "13600001111"}
    data = {"phone": "13600001111", "new_code": sent["13600001111"]}
    assert client.post("/account/phone", data).status_code == 422
    user.refresh_from_db()
    assert user.phone != "13600001111"
