"""Fonts of papers: where they are, and which characters they hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from fontTools.ttLib import TTFont

from anju.core.errors import InvalidInput, Refused

from .rules.content import texts

# One folder holds all four; the first that does is taken.
_PACKAGES = (
    "NotoSerifSC_400Regular.ttf",
    "NotoSerifSC_700Bold.ttf",
    "NotoSansSC_400Regular.ttf",
    "NotoSansSC_700Bold.ttf",
)
_SYSTEM = (
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
)
_SYSTEM_FOLDERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """Font files, and the families templates name: serif first, then sans."""

    files: tuple[Path, ...]
    serif: str
    sans: str

    @property
    def folders(self) -> list[str]:
        """Folders for Typst."""
        return sorted({str(path.parent) for path in self.files})


@lru_cache(maxsize=1)
def fonts() -> Fonts:
    """The fonts of this machine: those of the front-end build, else the system's.

    Raises:
        Refused: there are none.
    """
    built = Path(settings.ROOT) / "build" / "fonts"
    files = tuple(built / name for name in _PACKAGES)
    if all(path.is_file() for path in files):
        return Fonts(files=files, serif="Noto Serif SC", sans="Noto Sans SC")
    packages = Path(settings.ROOT) / "node_modules" / "@expo-google-fonts"
    files = tuple(path for name in _PACKAGES for path in packages.glob(f"*/*/{name}"))
    if len(files) == len(_PACKAGES):
        return Fonts(files=files, serif="Noto Serif SC", sans="Noto Sans SC")
    for folder in _SYSTEM_FOLDERS:
        files = tuple(Path(folder) / name for name in _SYSTEM)
        if all(path.is_file() for path in files):
            return Fonts(files=files, serif="Noto Serif CJK SC", sans="Noto Sans CJK SC")
    raise Refused(
        _("There are no fonts for papers. Build the front end, or install fonts-noto-cjk.")
    )


@lru_cache(maxsize=1)
def characters() -> frozenset[int]:
    """Code points that a paper can show: a lack in one family is filled from the other."""
    found: set[int] = set()
    for path in fonts().files:
        with TTFont(path, lazy=True, fontNumber=0) as font:
            found.update(font["cmap"].getBestCmap())
    return frozenset(found)


def refuse_unknown(values: Mapping[str, Any]) -> None:
    """Refuse values with a character that no font of papers holds.

    Raises:
        InvalidInput: names every such character and where it stands.
    """
    known = characters()
    errors: dict[str, list[Any]] = {}
    for path, text in texts(dict(values)):
        for character in dict.fromkeys(text):
            if ord(character) in known or character == "\n":
                continue
            sentence = _(
                "%(character)s (U+%(code)s, %(name)s) in “%(text)s” (%(path)s) is in no font for"
                " papers. Write it otherwise."
            ) % {
                "character": character,
                "code": f"{ord(character):04X}",
                "name": unicodedata.name(character, "—"),
                "text": text if len(text) <= 40 else text[:40] + "…",
                "path": path,
            }
            errors.setdefault(path, []).append(sentence)
    if errors:
        raise InvalidInput(errors)
