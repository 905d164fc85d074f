"""Rows are printed by another template engine than pages: it escapes, and misses nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils.safestring import SafeString
from jinja2 import UndefinedError

from .test_kit_parts import NASTY


def printed(source: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(source).render(context))


def test_what_a_person_typed_does_not_become_markup():
    row = SimpleNamespace(name=NASTY, state_html=SafeString("<b>filed</b>"))
    text = printed("<td>{{ row.name }}</td><td>{{ row.state_html }}</td>", row=row)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "<b>filed</b>" in text


def test_the_kits_tags_escape_as_they_do_in_pages():
    text = printed('{{ icon("key", label) }}', label=NASTY)
    assert "<script" not in text
    assert text.startswith("<svg")


def test_an_attribute_that_is_not_there_is_an_error():
    with pytest.raises(UndefinedError, match="nmae"):
        printed("{{ row.nmae }}", row=SimpleNamespace(name="x"))
