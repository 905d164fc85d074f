"""Template tags of the kit. ``{% load anju %}``; docs/ui.md lists them with examples."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import Enum
from typing import Any

from django import template
from django.db.models import Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.utils import flatatt
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from anju.core import area, money
from anju.core.time import SHANGHAI

from ..appearance import look, stored_state

register = template.Library()
EMPTY = "—"


def _legal(value: Any) -> date | None:
    if isinstance(value, datetime):
        return (value.astimezone(SHANGHAI) if timezone.is_aware(value) else value).date()
    return value if isinstance(value, date) else None


@register.filter
def yuan(fen: int | None) -> str:
    """788132 → 7,881.32; the unit stands in the column head."""
    return EMPTY if fen is None else money.yuan(int(fen))


@register.filter
def m2(dm2: int | None) -> str:
    """8950 → 89.50."""
    return EMPTY if dm2 is None else area.m2(int(dm2))


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-11-23, for tables."""
    found = _legal(value)
    return EMPTY if found is None else found.isoformat()


@register.filter
def day_prose(value: date | datetime | None) -> str:
    """2026年11月23日 or 23 November 2026, for sentences."""
    found = _legal(value)
    if found is None:
        return EMPTY
    if get_language() == "en":
        return f"{found.day} {found:%B} {found.year}"
    return f"{found.year}年{found.month}月{found.day}日"


@register.filter
def instant(value: datetime | None) -> str:
    """2026-11-23 09:11, legal time."""
    if not isinstance(value, datetime):
        return EMPTY
    local = value.astimezone(SHANGHAI) if timezone.is_aware(value) else value
    return f"{local:%Y-%m-%d %H:%M}"


@register.filter
def points(value: Any) -> str:
    """A score that adds or takes: one decimal, its sign, U+2212 for minus."""
    if value is None:
        return EMPTY
    number = float(value)
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return f"{sign}{abs(number):.1f}"


@register.filter
def mask_phone(value: str | None) -> str:
    """138****2741."""
    text = str(value or "")
    return EMPTY if not text else f"{text[:3]}****{text[-4:]}" if len(text) >= 10 else "****"


@register.filter
def mask_id(value: str | None) -> str:
    """3203**********12."""
    text = str(value or "")
    return (
        EMPTY
        if not text
        else f"{text[:4]}{'*' * (len(text) - 6)}{text[-2:]}"
        if len(text) >= 15
        else "****"
    )


@register.filter
def mask_name(value: str | None) -> str:
    """陈静怡 → 陈**: the surname stays."""
    text = str(value or "")
    return EMPTY if not text else text[0] + "*" * max(len(text) - 1, 1)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "aj-icon") -> SafeString:
    """A drawing of icons.svg; decorative unless it has a label."""
    kind = format_html(' class="{}"', css) if css else ""
    said = (
        format_html(' role="img" aria-label="{}"', label)
        if label
        else SafeString(' aria-hidden="true"')
    )
    return format_html('<svg{}{}><use href="{}#{}"/></svg>', kind, said, static("icons.svg"), name)


def state_html(shape: str, tone: str, words: Any, *, bare: bool = False) -> SafeString:
    """The kit's markup of a state, as ``<c-state>`` prints it."""
    return format_html(
        '<span class="aj-state{}"{}><svg aria-hidden="true"><use href="{}#{}"/></svg>{}</span>',
        " aj-bare" if bare else "",
        format_html(' data-tone="{}"', tone) if tone else "",
        static("icons.svg"),
        shape,
        words,
    )


@register.simple_tag
def state(value: Any, field: str = "", bare: bool = False) -> SafeString:
    """A state in word, shape and tone: ``{% state obj "state" %}`` or ``{% state member %}``."""
    if isinstance(value, Model):
        value = stored_state(value, field or "state")
    if not isinstance(value, Enum):
        return state_html("s-open", "", value or EMPTY, bare=bare)
    shape, tone = look(value)
    return state_html(shape, tone, getattr(value, "label", value.value), bare=bare)


WINDOWS = ("0.5", "11.5", "22.5", "33.5")


@register.simple_tag
def grade(value: str, windows: bool = False) -> SafeString:
    """A credit grade: as many lit windows as the grade has letters A, then the letters."""
    letters = str(value or "")
    lit = letters.count("A")
    drawn = format_html(
        '<svg viewBox="0 0 42 9" width="42" height="9" aria-hidden="true">{}</svg>',
        format_html_join(
            "",
            '<rect class="{}" x="{}" y=".5" width="8" height="8"/>',
            (("aj-lit" if i < lit else "aj-dim", x) for i, x in enumerate(WINDOWS)),
        ),
    )
    if windows:
        said = gettext("Grade %(grade)s") % {"grade": letters}
        return format_html('{}<span class="visually-hidden">{}</span>', drawn, said)
    return format_html('<span class="aj-grade">{}{}</span>', drawn, letters)


@register.simple_tag
def delta(value: Any, unit: str = "", worse: str = "") -> SafeString:
    """A change in words and direction; ``worse`` is "up" or "down" when that way is bad."""
    number = float(value or 0)
    if number == 0:
        return format_html(
            '<span class="aj-delta">{}{}</span>', icon("level", css=""), gettext("No change")
        )
    up = number > 0
    text = f"{abs(number):,.10g}{unit}"
    words = (gettext("Up %(amount)s") if up else gettext("Down %(amount)s")) % {"amount": text}
    bad = worse == ("up" if up else "down")
    return format_html(
        '<span class="aj-delta{}">{}{}{}</span>',
        " aj-worse" if bad else "",
        icon("rise" if up else "fall", css=""),
        words,
        format_html("<span>{}</span>", gettext("worse")) if bad else "",
    )


@register.simple_tag
def spark(values: list[float]) -> SafeString:
    """A line of at most twelve values, the last one lit."""
    if len(values) < 2:
        return format_html("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    xs = [1 + i * 58 / (len(values) - 1) for i in range(len(values))]
    ys = [17 - (value - low) / span * 14 for value in values]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))
    return format_html(
        '<svg class="aj-spark" viewBox="0 0 64 20" width="64" height="20" aria-hidden="true">'
        '<path d="{}"/><rect x="57.0" y="{}" width="5" height="5"/></svg>',
        path,
        f"{ys[-1] - 2.5:.1f}",
    )


@register.simple_tag(takes_context=True)
def filled(context: Context, name: str) -> bool:
    """Whether the page has filled a block of its shell."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    return blocks is not None and len(blocks.blocks.get(name, ())) > 1


# A line may end before these words and after them, not in them.
COMPOUND = re.compile("物业(?:服务|管理)?(?:集团)?(?:股份)?(?:有限)?(?:责任)?(?:公司)?")


class AgainNode(template.Node):
    """The content of a page's block, without blanks around it; printed as often as asked."""

    def __init__(self, name: str, *, kept: bool) -> None:
        self.block = BlockNode(name, NodeList())
        self.kept = kept

    def render(self, context: Context) -> SafeString:
        words = self.block.render(context).strip()
        if self.kept and "<" not in words:
            words = COMPOUND.sub(r'<span class="aj-nobr">\g<0></span>', words)
        return SafeString(words)


@register.tag
def again(parser: Parser, token: Token) -> AgainNode:
    """``{% again title %}`` prints the page's block ``title`` in the tab, ``kept`` as the h1."""
    _tag, name, *how = token.split_contents()
    return AgainNode(name.strip("\"'"), kept=how == ["kept"])


@register.simple_tag
def select_options(groups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """The options of a select; written here because a template takes 5 ms for a city's towns."""
    lines = []
    none = BLANK_CHOICE_DASH[0][1]
    ask = gettext("Choose")
    for name, options, _ in groups:
        own = format_html_join(
            "",
            '<option value="{}"{}>{}</option>\n',
            (
                (
                    one["value"],
                    flatatt(one["attrs"]),
                    ask if one["label"] == none else one["label"],
                )
                for one in options
            ),
        )
        lines.append(
            format_html('<optgroup label="{}">\n{}</optgroup>\n', name, own) if name else own
        )
    return SafeString("".join(lines))


@register.filter
def get_invalid(attrs: dict[str, Any]) -> bool:
    """Whether a widget's attributes say that its value was refused."""
    return str(attrs.get("aria-invalid", "")).lower() == "true"
