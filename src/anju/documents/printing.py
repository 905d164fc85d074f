"""Makes the PDF (Typst) and the Word file of a paper from the same values."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from .fonts import fonts
from .word import template_bytes

_TYPST = Path(__file__).resolve().parent / "templates" / "documents" / "typst"


def pdf_bytes(values: dict[str, Any], *, template: str, at: datetime) -> bytes:
    """The paper as PDF. ``template`` names a sheet of its own where there is one."""
    made = _compile(values, template, format="pdf", timestamp=int(at.timestamp()))
    return made if isinstance(made, bytes) else made[0]


def pdf_pictures(values: dict[str, Any], *, template: str) -> list[bytes]:
    """The sheets as PNG pictures of 144 dots an inch, for looking at."""
    made = _compile(values, template, format="png", ppi=144.0)
    return [made] if isinstance(made, bytes) else list(made)


def word_bytes(values: dict[str, Any], *, at: datetime) -> bytes:
    """The paper as a Word file."""
    document = DocxTemplate(BytesIO(template_bytes()))
    picture = InlineImage(document, BytesIO(_qr(values["url"], "png")), width=Mm(18))
    document.render(values | {"qr": picture}, autoescape=True)
    properties = document.docx.core_properties
    properties.title, properties.author = values["title"], values["issuer"]
    properties.created = properties.modified = at.replace(tzinfo=None)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _compile(values: dict[str, Any], template: str, **options: Any) -> bytes | list[bytes]:
    source = _TYPST / f"{template}.typ"
    if not source.is_file():
        source = _TYPST / "paper.typ"
    found = fonts()
    made: bytes | list[bytes] = typst.compile(
        str(source),
        root=str(_TYPST),
        font_paths=found.folders,
        ignore_system_fonts=True,
        sys_inputs={
            "values": json.dumps(values, ensure_ascii=False),
            "qr": _qr(values["url"], "svg").decode("utf-8"),
            "serif": found.serif,
            "sans": found.sans,
        },
        **options,
    )
    return made


@lru_cache(maxsize=32)
def _qr(address: str, kind: str) -> bytes:
    out = BytesIO()
    code = segno.make(address, error="m", micro=False)
    if kind == "svg":
        code.save(out, kind="svg", border=1, dark="#172126", xmldecl=False, svgns=True)
    else:
        code.save(out, kind="png", border=2, scale=6, dark="#172126")
    return out.getvalue()
