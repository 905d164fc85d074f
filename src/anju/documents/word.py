"""The Word template of papers, written here so that no binary file is kept in the repository.

It carries docxtpl's tags; the values are those of the Typst sheet.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

RED = RGBColor(0xB3, 0x14, 0x1B)
SONG, HEI = "SimSun", "SimHei"


@lru_cache(maxsize=1)
def template_bytes() -> bytes:
    """The template as a Word file."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(26), Mm(24)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    _face(normal.element.get_or_add_rPr(), SONG)
    normal.paragraph_format.space_after = Pt(4)

    _line(document, "{{ head }}", size=30, bold=True, colour=RED, centre=True)
    number = _line(document, "{{ number }}\t{{ day }}")
    number.paragraph_format.tab_stops.add_tab_stop(Mm(160), alignment=2)
    _underline(number, colour="B3141B", eighths=18)
    _line(document, "{{ title }}", size=17, bold=True, centre=True)
    _tag(document, "{%p if to %}")
    _line(document, "{{ to }}")
    _tag(document, "{%p endif %}")
    _tag(document, "{%p for block in blocks %}")
    _tag(document, "{%p if block.kind == 'text' and block.heading %}")
    _line(document, "{{ block.text }}", bold=True, face=HEI)
    _tag(document, "{%p elif block.kind == 'text' %}")
    body = _line(document, "{{ block.text }}")
    body.paragraph_format.first_line_indent = Pt(22)
    _tag(document, "{%p elif block.kind == 'facts' %}")
    _facts(document)
    _tag(document, "{%p elif block.kind == 'table' %}")
    _figures(document)
    _tag(document, "{%p elif block.kind == 'bars' %}")
    _bars(document)
    _line(document, "{{ block.caption }}", size=9, face=HEI)
    _tag(document, "{%p endif %}")
    _tag(document, "{%p endfor %}")
    for text in ("{{ issuer }}", "{{ day }}"):
        _line(document, text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot = _line(document, "{{ qr }}")
    _underline(foot, colour="172126", eighths=6, above=True)
    _line(document, "{{ words.verify }} {{ words.code }} {{ code }}", size=8.5, face=HEI)
    _tag(document, "{%p if foot %}")
    _line(document, "{{ foot }}", size=8.5, face=HEI)
    _tag(document, "{%p endif %}")
    _line(document, "{{ url }}", size=7.5, face=HEI)
    _page_numbers(section)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _facts(document: Any) -> None:
    table = _table(document, 3, 2)
    table.rows[0].cells[0].text = "{%tr for row in block.rows %}"
    table.rows[1].cells[0].text, table.rows[1].cells[1].text = "{{ row[0] }}", "{{ row[1] }}"
    table.rows[2].cells[0].text = "{%tr endfor %}"
    _widths(table, (36, 124))


def _figures(document: Any) -> None:
    table = _table(document, 5, 3)
    for row, tag in ((0, "block.head"), (2, "row"), (4, "block.foot")):
        cells = table.rows[row].cells
        cells[0].text = f"{{%tc for cell in {tag} %}}"
        cells[1].text = "{{ cell }}"
        cells[2].text = "{%tc endfor %}"
    table.rows[1].cells[0].text = "{%tr for row in block.rows %}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for cell in table.rows[0].cells:
        _cell_line(cell, "bottom", 6)


def _bars(document: Any) -> None:
    table = _table(document, 3, 3)
    table.rows[0].cells[0].text = "{%tr for row in block.rows %}"
    cells = table.rows[1].cells
    cells[0].text, cells[1].text = "{{ row.label }}", "{{ row.now }}"
    cells[2].text = "{% if row.before is not none %}{{ row.before }}{% endif %}"
    table.rows[2].cells[0].text = "{%tr endfor %}"


def _table(document: Any, rows: int, columns: int) -> Any:
    """A table with a thick line above and below and none between columns."""
    table = document.add_table(rows=rows, cols=columns)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "0"), ("color", "172126")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    return table


def _widths(table: Any, millimetres: tuple[int, ...]) -> None:
    for row in table.rows:
        for cell, width in zip(row.cells, millimetres, strict=True):
            cell.width = Mm(width)


def _cell_line(cell: Any, side: str, eighths: int) -> None:
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("color", "172126")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _line(
    document: Any,
    text: str,
    *,
    size: float = 11,
    bold: bool = False,
    colour: RGBColor | None = None,
    centre: bool = False,
    face: str = SONG,
) -> Any:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour
    _face(run._element.get_or_add_rPr(), face)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _tag(document: Any, tag: str) -> None:
    document.add_paragraph(tag)


def _face(properties: Any, face: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)


def _underline(paragraph: Any, *, colour: str, eighths: int, above: bool = False) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:top" if above else "w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _page_numbers(section: Any) -> None:
    """Page n / m in the foot."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for index, field in enumerate(("PAGE", "NUMPAGES")):
        if index:
            paragraph.add_run(" / ")
        run = paragraph.add_run()._r
        for kind, text in (("begin", None), (None, field), ("end", None)):
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run.append(mark)
