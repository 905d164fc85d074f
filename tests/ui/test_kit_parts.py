"""Components and tags: what they print, and that nothing a person typed becomes markup."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from anju.ui.deadlines import calendar_clock, clock, ticks
from anju.ui.templatetags import anju as tags

NASTY = '<script>alert("x")</script>&\'"'


def printed(source: str, **context: object) -> str:
    template = engines["django"].from_string("{% load anju %}" + source)
    return str(template.render(context, RequestFactory().get("/")))


def cotton(source: str) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    return CottonCompiler().process(source)


COMPONENTS = [
    '<c-state :shape="x" :tone="x">{{ x }}</c-state>',
    '<c-grade :value="x" />',
    '<c-table :caption="x" :css="x">{{ x }}</c-table>',
    '<c-group :label="x" :count="x" />',
    '<c-sort :href="x">{{ x }}</c-sort>',
    '<c-pick :value="x" :label="x" />',
    '<c-filter :action="x" :label="x">{{ x }}</c-filter>',
    '<c-chips :clear="x">{{ x }}</c-chips>',
    '<c-chip :href="x">{{ x }}</c-chip>',
    '<c-moves :label="x">{{ x }}</c-moves>',
    '<c-shut :name="x">{{ x }}</c-shut>',
    '<c-steps :label="x">{{ x }}</c-steps>',
    '<c-step :at="x" :note="x">{{ x }}</c-step>',
    '<c-event :at="x" :when="x" :by="x">{{ x }}</c-event>',
    '<c-figure :label="x" :href="x" :value="x" :unit="x">{{ x }}</c-figure>',
    '<c-message :tone="x" :title="x">{{ x }}</c-message>',
    '<c-empty :title="x">{{ x }}</c-empty>',
    '<c-why :label="x">{{ x }}</c-why>',
    '<c-fact :label="x">{{ x }}</c-fact>',
    '<c-tabs :label="x">{{ x }}</c-tabs>',
    '<c-tab :href="x" :count="x">{{ x }}</c-tab>',
    '<c-crumb :href="x">{{ x }}</c-crumb>',
    '<c-section :title="x" :id="x" :note="x">{{ x }}</c-section>',
    '<c-chart :id="x" :label="x" :data="x" :source="x" />',
    '<c-map :id="x" :label="x" :data="x" :source="x" />',
    '<c-confirm :label="x" :action="x">{{ x }}</c-confirm>',
    '<c-copy :value="x" />',
    "<c-quote>{{ x }}</c-quote>",
    '<c-term :op="x" :value="x">{{ x }}</c-term>',
    "{% icon x x %}{% state x %}{% grade x %}{{ x|mask_name }}{{ x|mask_id }}{{ x|mask_phone }}",
    '<c-step note="{{ x }}">{{ x }}</c-step>',
]


@pytest.mark.parametrize("source", COMPONENTS)
def test_what_a_person_typed_never_becomes_markup(source: str) -> None:
    html = printed(cotton(source), x=NASTY)
    assert "<script>alert" not in html
    assert 'alert("x")' not in html.replace("\\u0022", "")


def test_a_state_looks_the_same_as_tag_and_as_component() -> None:
    tag = str(tags.state_html("s-done", "good", "x"))
    assert printed(cotton('<c-state shape="s-done" tone="good">x</c-state>')).strip() == tag


def test_a_state_is_found_beside_its_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    from anju.access.states import Role
    from anju.ui import appearance

    key = (Role.__module__, Role.__qualname__, Role.OWNER.value)
    monkeypatch.setattr(appearance, "tables", lambda: {key: ("s-done", "good")})
    html = str(tags.state(Role.OWNER))
    assert "#s-done" in html
    assert 'data-tone="good"' in html
    assert str(Role.OWNER.label) in html
    assert "#s-open" in str(tags.state(Role.TENANT))


class ExampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on paper")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", NASTY)])
    way = forms.ChoiceField(label="Way", choices=[("a", "A")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")


def test_a_plain_form_already_comes_out_right() -> None:
    with translation.override("en"):
        html = printed("{{ form }}", form=ExampleForm({"name": ""}))
    order = [html.index(part) for part in ("Name", "As on paper", 'id="id_name_error"', "<input")]
    assert order == sorted(order)
    assert html.count(">optional<") == 1
    assert 'class="form-control is-invalid"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert "<fieldset" in html
    assert "<script>" not in html


def test_the_error_summary_leads_to_each_field() -> None:
    html = printed(cotton('<c-errors :form="form" />'), form=ExampleForm({"name": NASTY}))
    assert 'href="#id_kind"' in html
    assert 'role="alert"' in html
    assert "data-aj-focus-load" in html
    assert not printed(cotton('<c-errors :form="form" />'), form=ExampleForm()).strip()


def test_figures_are_written_as_the_city_writes_them() -> None:
    assert tags.yuan(788132) == "7,881.32"
    assert tags.yuan(-5) == "−0.05"
    assert tags.m2(8950) == "89.50"
    assert tags.points(-1.5) == "−1.5"
    assert tags.points(2) == "+2.0"
    assert tags.points(0) == "0.0"
    assert tags.yuan(None) == tags.m2(None) == tags.day(None) == "—"


def test_days_are_those_of_shanghai() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert tags.day(late) == "2026-11-23"
    assert tags.instant(late) == "2026-11-23 00:30"
    with translation.override("zh-hans"):
        assert tags.day_prose(date(2026, 11, 3)) == "2026年11月3日"
    with translation.override("en"):
        assert tags.day_prose(date(2026, 11, 3)) == "3 November 2026"


@given(st.text(max_size=30))
def test_a_mask_never_shows_the_middle(text: str) -> None:
    if len(text) >= 15:
        assert text[4:-2] not in tags.mask_id(text) or set(text[4:-2]) == {"*"}
    assert "*" in tags.mask_phone(text) or not text
    assert len(tags.mask_name(text)) >= 1


def days(*numbers: int) -> list[date]:
    return [date(2026, 11, number) for number in numbers]


def test_a_deadline_says_first_what_is_left() -> None:
    with translation.override("en"):
        left = clock(days=days(20, 23, 24, 25), due=date(2026, 11, 25), today=date(2026, 11, 23))
        assert (left.words, left.tone) == ("2 working days left", "")
        assert [tick.kind for tick in left.ticks] == ["u", "n", "r", "r"]
        now = clock(days=days(20, 23), due=date(2026, 11, 23), today=date(2026, 11, 23))
        assert (now.words, now.tone) == ("Today, 24:00", "lamp")
        over = clock(days=days(18, 19, 20, 23), due=date(2026, 11, 19), today=date(2026, 11, 23))
        assert (over.words, over.tone) == ("2 working days over", "bad")
        assert [tick.kind for tick in over.ticks] == ["u", "u", "o", "o"]
        law = calendar_clock(due=date(2026, 11, 24), today=date(2026, 11, 23))
        assert (law.words, law.ticks) == ("1 day left", ())


def test_a_weekend_is_a_wider_gap_and_a_holiday_wider_still() -> None:
    drawn, _width = ticks(days(19, 20, 23, 30), date(2026, 11, 30), date(2026, 11, 1))
    xs = [float(tick.x) for tick in drawn]
    steps = [b - a for a, b in pairwise(xs)]
    assert steps[0] < steps[1] < steps[2]


def test_a_long_deadline_draws_weeks_and_keeps_today_and_the_end() -> None:
    many = [date.fromordinal(date(2026, 11, 2).toordinal() + i) for i in range(60)]
    long = clock(days=many, due=many[-1], today=many[10])
    assert len(long.ticks) <= 12
    assert sum(tick.kind == "n" for tick in long.ticks) == 1
