"""Invented content of the gallery and the page catalogue; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import npgettext, pgettext, pgettext_lazy

from .deadlines import Clock, calendar_clock, clock
from .gallery_shell import ExampleShell

TODAY = date(2026, 11, 23)

PAGES: dict[str, str | Promise] = {
    "list": pgettext_lazy("gallery", "List"),
    "detail": pgettext_lazy("gallery", "Detail of a case"),
    "form": pgettext_lazy("gallery", "Form"),
    "apply": pgettext_lazy("gallery", "Application in parts"),
    "action": pgettext_lazy("gallery", "Page of one action"),
    "desk": pgettext_lazy("gallery", "Desk"),
    "cockpit": pgettext_lazy("gallery", "Cockpit"),
    "home": pgettext_lazy("gallery", "Portal home"),
    "article": pgettext_lazy("gallery", "Public article"),
    "sign-in": pgettext_lazy("gallery", "Sign-in"),
    "paper": pgettext_lazy("gallery", "Official paper"),
    "empty": pgettext_lazy("gallery", "Empty list"),
    "error-400": pgettext_lazy("gallery", "Error 400"),
    "error-403": pgettext_lazy("gallery", "Error 403"),
    "error-404": pgettext_lazy("gallery", "Error 404"),
    "error-409": pgettext_lazy("gallery", "Error 409"),
    "error-500": pgettext_lazy("gallery", "Error 500"),
}


def working_days(first: date, last: date) -> list[date]:
    """Weekdays, enough for an example; the product asks the city's calendar."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def clocks() -> dict[str, Clock]:
    """A deadline in each condition."""
    first = date(2026, 11, 9)
    year = date(2027, 1, 8)
    return {
        "open": clock(
            days=working_days(first, date(2026, 11, 27)),
            due=date(2026, 11, 27),
            today=TODAY,
            note=pgettext_lazy("gallery", "Until 27 November, day 11"),
        ),
        "today": clock(
            days=working_days(date(2026, 11, 20), TODAY),
            due=TODAY,
            today=TODAY,
            note=pgettext_lazy("gallery", "Two working days"),
        ),
        "over": clock(
            days=working_days(date(2026, 11, 6), TODAY),
            due=date(2026, 11, 19),
            today=TODAY,
            note=pgettext_lazy("gallery", "Was due on 19 November"),
        ),
        "long": clock(
            days=working_days(first, year),
            due=year,
            today=TODAY,
            note=pgettext_lazy("gallery", "Until 8 January."),
        ),
        "days": calendar_clock(
            due=date(2026, 12, 3),
            today=TODAY,
            note=pgettext_lazy("gallery", "Ten days by the law; no ruler"),
        ),
    }


STATES: tuple[tuple[str, str, Promise], ...] = (
    ("s-draft", "", pgettext_lazy("gallery", "Draft")),
    ("s-open", "", pgettext_lazy("gallery", "To be signed for")),
    ("s-doing", "tile", pgettext_lazy("gallery", "In hand")),
    ("s-wait", "", pgettext_lazy("gallery", "Company to answer")),
    ("s-public", "lamp", pgettext_lazy("gallery", "On show")),
    ("s-sealed", "tile", pgettext_lazy("gallery", "Sealed")),
    ("s-done", "good", pgettext_lazy("gallery", "Closed")),
    ("s-fail", "bad", pgettext_lazy("gallery", "Not passed")),
    ("s-late", "lamp", pgettext_lazy("gallery", "Due today")),
    ("s-late", "bad", pgettext_lazy("gallery", "Over time")),
    ("s-filed", "", pgettext_lazy("gallery", "Archived")),
    ("s-void", "", pgettext_lazy("gallery", "Withdrawn")),
)

SWATCHES: tuple[tuple[str, Promise, Promise, str], ...] = (
    ("#172126", pgettext_lazy("gallery", "Ink"), pgettext_lazy("gallery", "text"), "16.38"),
    (
        "#526066",
        pgettext_lazy("gallery", "Wall 600"),
        pgettext_lazy("gallery", "quiet text"),
        "6.51",
    ),
    (
        "#728287",
        pgettext_lazy("gallery", "Wall 500"),
        pgettext_lazy("gallery", "borders of controls"),
        "3.99",
    ),
    ("#dbe2e4", pgettext_lazy("gallery", "Wall 200"), pgettext_lazy("gallery", "hairlines"), ""),
    ("#f4f6f6", pgettext_lazy("gallery", "Wall 50"), pgettext_lazy("gallery", "ground"), ""),
    (
        "#0d2a35",
        pgettext_lazy("gallery", "Tile 900"),
        pgettext_lazy("gallery", "the eave"),
        "15.00",
    ),
    (
        "#0f5468",
        pgettext_lazy("gallery", "Tile 600"),
        pgettext_lazy("gallery", "action, links, data"),
        "8.44",
    ),
    (
        "#6ea2b0",
        pgettext_lazy("gallery", "Tile 300"),
        pgettext_lazy("gallery", "maps and drawings"),
        "",
    ),
    (
        "#c4760f",
        pgettext_lazy("gallery", "Lamp 500"),
        pgettext_lazy("gallery", "here and now, shapes"),
        "3.53",
    ),
    (
        "#874806",
        pgettext_lazy("gallery", "Lamp 700"),
        pgettext_lazy("gallery", "running out, words"),
        "7.10",
    ),
    (
        "#1b6a41",
        pgettext_lazy("gallery", "Good"),
        pgettext_lazy("gallery", "only in states"),
        "6.59",
    ),
    (
        "#a3231b",
        pgettext_lazy("gallery", "Bad"),
        pgettext_lazy("gallery", "only in states"),
        "7.46",
    ),
)

ICONS = (
    "search menu close down right left rise fall level sort phone pin print download camera"
    " speak user bell plus minus filter clock sync offline file key lock link star"
)

NAMES: tuple[Promise, ...] = (
    pgettext_lazy("gallery", "Liuhuali"),
    pgettext_lazy("gallery", "Yannan New Village"),
    pgettext_lazy("gallery", "Taihuali"),
    pgettext_lazy("gallery", "Xingtan New Homes"),
    pgettext_lazy("gallery", "Qiushui Garden"),
    pgettext_lazy("gallery", "Wutongfang"),
    pgettext_lazy("gallery", "Fengqiaoli"),
    pgettext_lazy("gallery", "Shuxiangli"),
)
STREETS: tuple[Promise, ...] = (
    pgettext_lazy("gallery", "Duanzhuang"),
    pgettext_lazy("gallery", "Taishan"),
    pgettext_lazy("gallery", "Wangling"),
    pgettext_lazy("gallery", "Heping"),
)
COMPANIES: tuple[Promise, ...] = (
    pgettext_lazy("gallery", "Nanxun Property Management Ltd"),
    pgettext_lazy("gallery", "Wangyuntai Property Management Ltd"),
    pgettext_lazy("gallery", "Zhuxi Property Services Ltd"),
)


def rows() -> list[dict[str, Any]]:
    """Communities of the example list."""
    found = []
    for i, name in enumerate(NAMES):
        found.append(
            {
                "pk": i + 1,
                "name": name,
                "street": STREETS[i % 4],
                "built": 1986 + (i * 7) % 33,
                "homes": 168 + (i * 367) % 900,
                "area": 11_000_00 + i * 7_300_00,
                "company": COMPANIES[i % 3] if i % 4 != 1 else None,
                "grade": ("B", "", "A", "AA", "AAA", "AAAA", "A", "AA")[i],
                "score": f"{61.2 + i * 2.3:.1f}",
                "change": (-6.4, -1.2, 0.5, -3.1, 0, 1.4, 0.9, 3.3)[i],
                "open": (11, 8, 5, 9, 7, 4, 6, 2)[i],
                "picked": i in (0, 3),
                "state": STATES[(1, 9, 1, 6, 6, 2, 2, 6)[i]],
            }
        )
    return found


class FilingForm(forms.Form):
    """Each kind of field, as a plain Django form."""

    number = forms.CharField(
        label=pgettext_lazy("gallery", "Number of the contract"),
        help_text=pgettext_lazy("gallery", "Top right on its first page."),
    )
    code = forms.CharField(
        label=pgettext_lazy("gallery", "Unified social credit code"), max_length=18
    )
    grade = forms.ChoiceField(
        label=pgettext_lazy("gallery", "Grade of service"),
        choices=[
            ("", pgettext_lazy("gallery", "Choose a grade")),
            ("1", pgettext_lazy("gallery", "First")),
            ("2", pgettext_lazy("gallery", "Second")),
        ],
    )
    fee = forms.DecimalField(
        label=pgettext_lazy("gallery", "Fee, yuan per m² a month"), decimal_places=2
    )
    starts_on = forms.DateField(
        label=pgettext_lazy("gallery", "Starts on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    way = forms.ChoiceField(
        label=pgettext_lazy("gallery", "How it was handed over"),
        widget=forms.RadioSelect,
        choices=[
            ("site", pgettext_lazy("gallery", "Inspected on site")),
            ("paper", pgettext_lazy("gallery", "Inspected on paper")),
        ],
    )
    parts = forms.MultipleChoiceField(
        label=pgettext_lazy("gallery", "What is in the contract"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("clean", pgettext_lazy("gallery", "Cleaning")),
            ("guard", pgettext_lazy("gallery", "Guarding")),
            ("green", pgettext_lazy("gallery", "Planting")),
        ],
    )
    scan = forms.FileField(label=pgettext_lazy("gallery", "Scan of the contract"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("gallery", "Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agreed = forms.BooleanField(
        label=pgettext_lazy("gallery", "The figures are those of the signed contract")
    )

    def clean_code(self) -> str:
        raise forms.ValidationError(
            pgettext_lazy("gallery", "The check character is wrong. Look at character 18.")
        )


MONTHS = ["2025-11", "12", "2026-01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]
INNER = [86.1, 86.4, 86.2, 86.9, 87.2, 87.5, 87.1, 87.8, 88.1, 88, 88.7, 89.6]
OUTER = [81, 81.3, 81.4, 81.7, 81.9, 82.1, 81.9, 82.2, 82.4, 82.3, 83.5, 84.3]
FOUND = [1710, 1655, 1490, 1120, 1822, 1868, 1795, 1840, 1901, 1866, 1888, 1904]
MENDED = [1688, 1681, 1506, 1137, 1853, 1886, 1827, 1864, 1936, 1895, 1910, 1997]
POINTS = [104, 104, 106, 106, 109, 109, 108, 110.5, 110.5, 114.5, 114.5, 112.5]


def charts() -> dict[str, Any]:
    """Data of the three kinds of chart."""
    return {
        "line": {
            "kind": "line",
            "x": MONTHS,
            "min": 76,
            "max": 92,
            "step": 4,
            "series": [
                {"name": pgettext("gallery", "Inner city"), "data": INNER},
                {"name": pgettext("gallery", "Other districts"), "data": OUTER},
            ],
        },
        "bar": {
            "kind": "bar",
            "digits": 0,
            "x": MONTHS,
            "series": [
                {"name": pgettext("gallery", "Found"), "data": FOUND},
                {"name": pgettext("gallery", "Put right"), "data": MENDED},
            ],
        },
        "steps": {
            "kind": "step",
            "x": MONTHS,
            "min": 80,
            "max": 150,
            "step": 10,
            "series": [{"name": pgettext("gallery", "Points"), "data": POINTS}],
            "bands": [["A", 85, 100], ["AA", 100, 120], ["AAA", 120, 140], ["AAAA", 140, 150]],
            "lit": "AA",
            "marks": [["08", pgettext("gallery", "Award +4.0")]],
        },
        "months": list(zip(MONTHS, INNER, OUTER, FOUND, MENDED, strict=True)),
    }


DISTRICTS: tuple[Promise, ...] = (
    pgettext_lazy("gallery", "Jiangwan"),
    pgettext_lazy("gallery", "Yunting"),
    pgettext_lazy("gallery", "Heqiao"),
    pgettext_lazy("gallery", "Shifang"),
    pgettext_lazy("gallery", "Lanxi"),
    pgettext_lazy("gallery", "Beishan"),
)
SCORES = (91.4, 89.7, 87.2, 84.6, 80.2, 79.8)


def maps() -> dict[str, Any]:
    """Data of a choropleth and of a plan."""
    features = []
    for i, name in enumerate(DISTRICTS):
        x, y = 117 + (i % 3) * 0.3, 34 + (i // 3) * 0.24
        lean = 0.05 * (i % 2)
        ring = [
            [x, y + lean],
            [x + 0.3, y + 0.05 * ((i + 1) % 2)],
            [x + 0.3, y + 0.24 + 0.05 * ((i + 1) % 2)],
            [x, y + 0.24 + lean],
            [x, y + lean],
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": str(name)},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {
        "districts": {
            "polygons": {"type": "FeatureCollection", "features": features},
            "values": {str(name): score for name, score in zip(DISTRICTS, SCORES, strict=True)},
            "cuts": [80, 85, 88, 91],
        },
        "plan": {
            "a": [[0, 0], [310, -18], [322, 118], [250, 128], [256, 236], [8, 248]],
            "b": [[14, 112], [196, 104], [202, 232], [18, 240]],
            "others": [
                [[-330, 14], [-40, 4], [-34, 250], [-330, 262]],
                [[372, -24], [700, -40], [700, 96], [380, 110]],
                [[382, 142], [700, 130], [700, 252], [386, 262]],
                [[-330, -70], [-44, -80], [-48, -200], [-330, -200]],
                [[0, -82], [314, -98], [308, -200], [0, -200]],
            ],
            "roads": [[[-340, -40], [710, -62]], [[345, -220], [355, 300]]],
            "names": [
                [pgettext("gallery", "Fengqiaoli"), -185, 130],
                [pgettext("gallery", "Wutongfang"), 535, 30],
            ],
            "labels": {
                "a": [pgettext("gallery", "Record A"), 200, 50],
                "b": [pgettext("gallery", "Record B"), 105, 200],
            },
            "centres": [[158, 112], [108, 172]],
            "gap": pgettext("gallery", "83 m"),
            "view": [[-330, -120], [700, 280]],
        },
        "ranks": list(zip(DISTRICTS, SCORES, (0.6, 1.1, -0.4, 0.2, -1.3, 0), strict=True)),
    }


def houses() -> list[dict[str, Any]]:
    """The row of houses: a window is ten communities, lit when they passed."""
    drawn = []
    for i, (windows, lit) in enumerate(((14, 12), (10, 8), (12, 11), (16, 11), (8, 7), (6, 4))):
        x, floors = 12 + i * 44, windows // 2
        top = 112 - floors * 13
        drawn.append(
            {
                "roof": f"M{x - 6} {top} l3 -6 h22 l3 6 M{x + 8} {top - 6} v-5",
                "windows": [
                    {
                        "kind": "lit" if n < lit else "dim",
                        "x": x + (n % 2) * 13 - 3,
                        "y": 103 - (n // 2) * 13,
                    }
                    for n in range(windows)
                ],
            }
        )
    return drawn


def sheet(request: HttpRequest, name: str = "") -> dict[str, Any]:
    """What every page of the gallery shows."""
    frame = ExampleShell(request)
    frame.name = name
    frame.actor = replace(ExampleShell.actor, name=pgettext("gallery", "Chen Jingyi"))
    return {
        "shell": frame,
        "pages": PAGES,
        "today": TODAY,
        "clocks": clocks(),
        "states": STATES,
        "swatches": SWATCHES,
        "icons": ICONS.split(),
        "grades": ("AAAA", "AAA", "AA", "A", "B"),
        "form": FilingForm({"number": "2026-118", "code": "91320311MA0ANJU12X", "fee": "2.10"}),
        "blank": FilingForm(),
        "rows": rows(),
        "found": npgettext("gallery", "%(count)d community", "%(count)d communities", 35)
        % {"count": 35},
        "page": Paginator(range(35), 8).get_page(request.GET.get("page")),
        "charts": charts(),
        "maps": maps(),
        "houses": houses(),
    }
