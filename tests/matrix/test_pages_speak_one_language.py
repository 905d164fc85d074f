"""Every page speaks Chinese in Chinese and English in English.

In Chinese no Latin word stands outside a short list; in English no sentence of the Chinese
catalogues is left.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest

from anju.access.states import Role

from .addresses import addresses, sample, url

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "anju"
# Names of formats, standards and of ourselves, as Chinese pages write them.
LATIN = {
    "a",
    "aaa",
    "aa",
    "aaaa",
    "anju",
    "api",
    "b",
    "by",
    "cc",
    "crlf",
    "csv",
    "ctrl",
    "docx",
    "elder",
    "en",
    "english",
    "excel",
    "geojson",
    "gbk",
    "http",
    "https",
    "icp",
    "id",
    "jpeg",
    "json",
    "localhost",
    "md",
    "ok",
    "pdf",
    "png",
    "qr",
    "rest",
    "schema",
    "sha",
    "sms",
    "sql",
    "totp",
    "utf",
    "webp",
    "wgs",
    "word",
    "xlsx",
    "xls",
    "zip",
    "xml",
    "m",
    "txt",
    "jpg",
    "n",
    "passkey",
    "utc",
    "gcj",
    "kb",
    "mb",
    "chinesecalendar",
}
ATTRIBUTES = {"title", "placeholder", "aria-label", "alt", "data-label", "data-aj-none"}
# What is data, not words: codes, addresses, keys, file names, field names of open data.
DATA = re.compile(
    r"\b[0-9A-Z]{4}(?: [0-9A-Z]{4}){3}\b|[\w.+-]+@[\w.-]+|https?://\S+|[A-Za-z0-9_./:-]*[0-9_/][A-Za-z0-9_./:-]*|[a-z_]+\.[a-z]{2,5}"
)
WORD = re.compile(r"[A-Za-z]+")


class Words(HTMLParser):
    """Texts a person reads or hears, without scripts, styles, code and what another tongue owns."""

    SKIP = {"script", "style", "code", "pre", "kbd", "samp"}

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.closed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in self.SKIP or (given.get("lang") and tag != "html"):
            self.closed.append(tag)
        for name in ATTRIBUTES & given.keys():
            self.texts.append(given[name] or "")

    def handle_endtag(self, tag: str) -> None:
        if self.closed and self.closed[-1] == tag:
            self.closed.pop()

    def handle_data(self, data: str) -> None:
        if not self.closed and data.strip():
            self.texts.append(data.strip())


# Messages stand as they were sent, in the reader's language of then.
AS_SENT = {"notices:outgoing", "notices:inbox", "notices:notice_list"}


def texts_of(body: str) -> list[str]:
    words = Words()
    words.feed(body)
    return words.texts


def bodies(role: str, language: str):
    from .conftest import actor_of, client_of

    actor, client = actor_of(role), client_of(role)
    client.cookies["anju_language"] = language
    for address in addresses():
        if address.name in AS_SENT and language == "en":
            continue
        if not address.rule.admits(actor) or "GET" not in address.rule.methods:
            continue
        arguments = sample(address, actor)
        if arguments is None:
            continue
        answer = client.get(url(address, arguments))
        if answer.get("Content-Type", "").startswith("text/html") and answer.content:
            yield address, answer.content.decode()


ROLES = [
    Role.BUREAU_HEAD,
    Role.DESK_CLERK,
    Role.DESK_CONFIRMER,
    Role.DISTRICT_CLERK,
    Role.COMPANY_ADMIN,
    Role.OWNER,
    Role.AUDITOR,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
    "anonymous",
]


@pytest.fixture
def names(db) -> list[str]:
    """Sign-in names, what stands for no person, names of queues: data, whatever tongue."""
    from anju.access.models import User

    usernames = User.objects.values_list("username", flat=True)
    return [*sorted(usernames, key=len, reverse=True), "system", "notices", "exports"]


@pytest.mark.parametrize("role", [str(role) for role in ROLES])
def test_chinese_pages_hold_no_latin_words(role, names):
    found = {}
    for address, body in bodies(role, "zh-hans"):
        for text in texts_of(body):
            words = DATA.sub(" ", text)
            for name in names:
                words = words.replace(name, " ")
            for word in WORD.findall(words):
                if word.lower() not in LATIN:
                    found.setdefault(text[:80], str(address))
    assert not found, "\n".join(f"{address}: {text}" for text, address in found.items())


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    """Every Chinese sentence of the catalogues that differs from its English one."""
    known = {}
    for path in PACKAGE.glob("**/locale/zh_Hans/LC_MESSAGES/*.po"):
        for entry in polib.pofile(str(path)):
            for text in [entry.msgstr, *entry.msgstr_plural.values()]:
                if len(text) >= 2 and "%" not in text and text != entry.msgid:
                    known[text] = entry.msgid
    return known


# Words that name things in the invented city too, so that they may be data.
# The last is a reason that the demo's stories give.
ALSO_DATA = {"物业", "小区", "登记信息相符"}


# Full-width signs between words that a page puts together; a sentence on file ends with a stop.
SIGNS = re.compile(r"[、；](?!.*。)")


@pytest.fixture
def joined_names(db) -> list[str]:
    """Areas are named after the communities they join: 甲苑、乙苑."""
    from anju.registry.models import ManagementArea

    return list(ManagementArea.objects.filter(name__contains="、").values_list("name", flat=True))


@pytest.mark.parametrize("role", [str(role) for role in ROLES])
def test_english_pages_hold_no_chinese_sentence(role, chinese, joined_names):
    found = {}
    for address, body in bodies(role, "en"):
        for text in texts_of(body):
            own = text
            for name in joined_names:
                own = own.replace(name, " ")
            if (text in chinese and text not in ALSO_DATA) or SIGNS.search(own):
                found.setdefault(text[:80], str(address))
    assert not found, "\n".join(f"{address}: {text}" for text, address in found.items())
