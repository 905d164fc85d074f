"""What the kit promises in its sources: contrast, no inline style or script, one way to build."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from anju.ui.appearance import SHAPES as LOOKS
from anju.ui.appearance import TONES, tables

ROOT = Path(settings.ROOT)
TEMPLATES = sorted((ROOT / "src" / "anju").rglob("templates/**/*.html"))


def tokens() -> dict[str, str]:
    text = (ROOT / "frontend" / "kit" / "_tokens.scss").read_text()
    found = dict(re.findall(r"\$([a-z0-9-]+):\s*(#[0-9a-f]{3,6})", text))
    return {
        name: h if len(h) == 7 else "#" + "".join(c * 2 for c in h[1:]) for name, h in found.items()
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


WORDS = [
    ("ink", "wall-0"),
    ("ink", "wall-50"),
    ("ink", "wall-100"),
    ("ink", "tile-200"),
    ("ink", "tile-300"),
    ("ink", "lamp-300"),
    ("wall-600", "wall-0"),
    ("wall-600", "wall-50"),
    ("wall-600", "wall-100"),
    ("tile-600", "wall-0"),
    ("tile-600", "tile-50"),
    ("tile-600", "tile-100"),
    ("tile-700", "wall-0"),
    ("wall-0", "tile-600"),
    ("wall-0", "tile-700"),
    ("wall-0", "tile-900"),
    ("tile-200", "tile-700"),
    ("tile-200", "tile-900"),
    ("lamp-700", "wall-0"),
    ("lamp-700", "lamp-50"),
    ("lamp-700", "lamp-100"),
    ("wall-0", "lamp-700"),
    ("good", "wall-0"),
    ("good", "good-50"),
    ("bad", "wall-0"),
    ("bad", "bad-50"),
]
SHAPES = [("lamp-500", "wall-0"), ("wall-500", "wall-0"), ("lamp-300", "tile-900")]


@pytest.mark.parametrize(("word", "ground"), WORDS)
def test_words_stand_out_from_their_ground(word: str, ground: str) -> None:
    found = tokens()
    assert contrast(found[word], found[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_stand_out_from_their_ground(shape: str, ground: str) -> None:
    found = tokens()
    assert contrast(found[shape], found[ground]) >= 3


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "src" / "anju"))
)
def test_no_template_carries_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "style= breaks the CSP; use a class"
    assert not re.search(
        r"\son(?:click|change|submit|load|error|key\w+|mouse\w+|focus|blur|input)\s*=", text
    ), "handlers belong into site.js"
    assert "<style" not in text
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
    assert "javascript:" not in text
    assert "|safe" not in text.replace("|safe_", ""), "build HTML with a component instead"


def test_every_shape_and_icon_named_in_code_is_drawn() -> None:
    drawn = set(
        re.findall(r'<symbol id="([a-z-]+)"', (ROOT / "frontend" / "icons.svg").read_text())
    )
    named = set(LOOKS)
    for path in TEMPLATES:
        named |= set(re.findall(r'{% icon "([a-z-]+)"', path.read_text()))
    assert named <= drawn


def test_every_declared_state_look_is_of_the_kit() -> None:
    for state, (shape, tone) in tables().items():
        assert shape in LOOKS, state
        assert tone in TONES, state


def test_every_component_is_shown_in_the_gallery() -> None:
    kit = ROOT / "src" / "anju" / "ui" / "templates"
    shown = "".join(path.read_text() for path in (kit / "ui" / "gallery").rglob("*.html"))
    for path in (kit / "cotton").glob("*.html"):
        assert re.search(rf"<c-{path.stem}[\s/>]", shown), f"c-{path.stem} is not in the gallery"


def test_a_state_with_a_look_leaves_no_sister_without_one() -> None:
    # Two enumerations with the same values in one dictionary would lose one of them.
    declared = tables()
    for module, name in {(module, name) for module, name, _value in declared}:
        for member in getattr(import_module(module), name):
            assert (module, name, member.value) in declared, f"{name}.{member.name}"


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on PATH")
def test_a_repeated_build_gives_the_same_bytes(tmp_path: Path) -> None:
    built = []
    for name in ("one", "two"):
        out = tmp_path / name
        subprocess.run(["node", "frontend/build.mjs", str(out)], cwd=ROOT, check=True)
        built.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert built[0] == built[1]
    assert {"kit.css", "site.js", "charts.js", "maps.js", "maps.css", "icons.svg"} <= set(built[0])


def test_the_sheet_uses_nothing_newer_than_the_oldest_browser() -> None:
    sheet = (ROOT / "frontend" / "build" / "kit.css").read_text()
    for newer in ("color-mix(", ":has(", "@layer", "@container", "oklch(", "dvh", "accent-color"):
        assert newer not in sheet
    assert "http" not in re.sub(r"http%3a//www\.w3\.org|http://www\.w3\.org", "", sheet)
