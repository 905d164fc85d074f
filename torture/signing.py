"""Sign in to a running Anju over HTTP as a person of the demo, with nothing but Python."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping

from anju.city.rules.totp import code_at


def sign_in(base: str, account: Mapping[str, str]) -> str:
    """By password and second factor; returns the title of the page one comes to.

    A code is good once: the same account waits for its next one.
    """
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )

    def form(path: str, **values: str) -> tuple[str, str]:
        with opener.open(base + path, timeout=20) as answer:
            page = answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise SystemExit(f"no form on {path}")
        data = urllib.parse.urlencode(values | {"csrfmiddlewaretoken": token[1]}).encode()
        request = urllib.request.Request(base + path, data, {"Referer": base + path})
        with opener.open(request, timeout=20) as answer:
            return answer.url, answer.read().decode()

    place, page = form("/sign-in/password", name=account["username"], password=account["password"])
    if account["totp_secret"]:
        if not place.endswith("/sign-in/second"):
            raise SystemExit(f"after the password of {account['username']}: {place}")
        code = code_at(account["totp_secret"], int(time.time()))
        place, page = form("/sign-in/second", code=code)
    with opener.open(base + "/account/", timeout=20) as answer:
        mine = answer.read().decode()
    if "/sign-in" in place or account["name"] not in mine:
        raise SystemExit(f"{account['username']} was not let in: {place}")
    title = re.search(r"<title>\s*(.*?)\s*</title>", page, re.S)
    return title[1] if title else place
