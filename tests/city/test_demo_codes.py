"""The demo's codes are those an authenticator shows: vectors of RFC 6238, appendix B (SHA-1)."""

import base64

import pytest

from anju.city.rules.totp import code_at, seconds_left

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert code_at(SECRET, seconds) == code


def test_a_code_lasts_thirty_seconds():
    assert code_at(SECRET, 60) == code_at(SECRET, 89) != code_at(SECRET, 90)
    assert seconds_left(60) == 30
    assert seconds_left(89) == 1


@pytest.mark.django_db
def test_without_the_demo_there_are_no_sign_ins(client, settings):
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
