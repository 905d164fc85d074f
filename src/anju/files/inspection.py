"""Looks into an uploaded file and says what it is, or refuses it with a sentence."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from collections.abc import Collection
from dataclasses import dataclass

import puremagic
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from anju.core.errors import InvalidInput, Sentence
from anju.core.text import clean

from . import rules
from .states import FileKind

VIRUS = _("The file carries a virus: it was not kept. Clean the device and send another.")
_OFFICE = {
    FileKind.SHEET: (b"spreadsheetml.sheet.main+xml", "xl/workbook.xml"),
    FileKind.DOCUMENT: (b"wordprocessingml.document.main+xml", "word/document.xml"),
}
_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_MAGIC = {
    "jpg": {".jpg", ".jpeg", ".jfif"},
    "jpeg": {".jpg", ".jpeg", ".jfif"},
    "png": {".png", ".apng"},
    "webp": {".webp"},
    "pdf": {".pdf"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A file that may be kept: its bytes may differ from those sent."""

    name: str
    kind: FileKind
    media_type: str
    data: bytes
    width: int = 0
    height: int = 0


def inspect(
    *, name: str, data: bytes, kinds: Collection[str], field: str = "file", limit: int = 0
) -> Inspected:
    """Say what a file is, and make pictures anew.

    Args:
        name: as the sender named it.
        data: its bytes.
        kinds: kinds the purpose takes.
        field: the form's field, for the sentence.
        limit: most bytes; the kind's own limit when 0.

    Raises:
        InvalidInput: it is not taken, and why.
    """
    safe = rules.safe_name(clean(name)[:1000])
    ending = rules.extension(safe)
    if not data:
        raise _no(field, _("The file is empty. Choose another."))
    known = rules.TYPES.get(ending)
    if known is None or known[0] not in kinds:
        wanted = ", ".join(sorted(e for e, t in rules.TYPES.items() if t[0] in kinds))
        words = _("Files of this kind are not taken. Send one of: %(kinds)s.")
        raise _no(field, words % {"kinds": wanted})
    kind = FileKind(known[0])
    most = min(limit or rules.LIMITS[kind], rules.LIMITS[kind])
    if len(data) > most:
        words = _("The file is too large: at most %(most)s MB.")
        raise _no(field, words % {"most": most // rules.MIB})
    if rules.EICAR in data:
        raise _no(
            field,
            _("The file carries a virus: it was not kept. Clean the device and send another."),
        )
    _check_magic(ending, data, field)
    width = height = 0
    if kind == FileKind.IMAGE:
        data, width, height = _image(data, _FORMATS[ending], field)
    elif kind == FileKind.PDF:
        _pdf(data, field)
    elif kind == FileKind.TEXT:
        _text(data, field)
    else:
        _zip(data, kind, field)
    return Inspected(
        name=safe, kind=kind, media_type=known[1], data=data, width=width, height=height
    )


def _no(field: str, sentence: Sentence) -> InvalidInput:
    return InvalidInput({field: [sentence]})


def _check_magic(ending: str, data: bytes, field: str) -> None:
    wanted = _MAGIC.get(ending)
    if wanted is None:
        return
    try:
        seen = {match.extension for match in puremagic.magic_string(data[:65536] + data[-1024:])}
    except (puremagic.PureError, ValueError):
        seen = set()
    if not seen & wanted:
        words = _("The content is not a %(kind)s file. Save it anew in that format and send it.")
        raise _no(field, words % {"kind": ending})


def _image(data: bytes, image_format: str, field: str) -> tuple[bytes, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=[image_format]) as image:
                if image.width * image.height > rules.MAX_PIXELS:
                    words = _("The picture has too many pixels: at most %(most)s million.")
                    raise _no(field, words % {"most": rules.MAX_PIXELS // 1_000_000})
                image.load()
                drawn = ImageOps.exif_transpose(image)
                has_alpha = image_format != "JPEG" and "A" in drawn.getbands()
                # Only the pixels are kept: no EXIF, no place, no comment, nothing behind the end.
                plain = Image.new("RGBA" if has_alpha else "RGB", drawn.size)
                plain.paste(drawn.convert(plain.mode))
                out = io.BytesIO()
                more = {"JPEG": {"quality": 88, "optimize": True}, "WEBP": {"quality": 88}}
                plain.save(out, image_format, **more.get(image_format, {"optimize": False}))
                return out.getvalue(), plain.width, plain.height
    except InvalidInput:
        raise
    except Exception as error:
        # Pillow raises whatever a broken picture makes it stumble over.
        raise _no(field, _("The picture cannot be read. Save it anew and send it.")) from error


def _pdf(data: bytes, field: str) -> None:
    fault = rules.pdf_fault(data)
    if fault == "locked":
        raise _no(field, _("The PDF is locked with a password. Save it without and send it."))
    if fault == "active":
        words = _("The PDF carries scripts, actions or files. Print it to a new PDF and send that.")
        raise _no(field, words)
    if fault:
        raise _no(field, _("The PDF is damaged or holds something else. Save it anew and send it."))


def _text(data: bytes, field: str) -> None:
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _no(field, _("The file is not a text: it holds null bytes. Save it as UTF-8."))
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _no(field, _("The text cannot be read. Save it as UTF-8 and send it."))
    if rules.has_markup(text[:4096].encode()):
        raise _no(field, _("The file is a web page, not a text. Send plain text or CSV."))


def _zip(data: bytes, kind: FileKind, field: str) -> None:
    if not data.startswith(b"PK\x03\x04"):
        raise _no(field, _("The content is not what the name says. Save it anew and send it."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _entries(entries, kind, field)
            if kind in _OFFICE:
                mark, part = _OFFICE[kind]
                names = {entry.filename for entry in entries}
                types = archive.read("[Content_Types].xml")[: rules.MIB]
                if b"macroEnabled" in types:
                    raise _no(field, _("The file carries macros. Save it without and send it."))
                if mark not in types or part not in names:
                    raise KeyError(part)
                if any(rules.reaches_out(archive.read(e)) for e in entries if _is_link(e)):
                    raise _no(field, _("The file fetches parts from elsewhere. Save it without."))
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
    except InvalidInput:
        raise
    except Exception as error:
        # A crafted archive makes zipfile raise nearly anything.
        words = _("The content is not what the name says. Save it anew and send it.")
        raise _no(field, words) from error


def _is_link(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.lower()
    return name.endswith(".rels") or "/externallinks/" in name


def _entries(entries: list[zipfile.ZipInfo], kind: FileKind, field: str) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    bomb = unpacked > 10 * rules.MIB and unpacked > rules.MAX_RATIO * packed
    if len(entries) > rules.MAX_ENTRIES or unpacked > rules.MAX_UNPACKED or bomb:
        raise _no(field, _("The file would unpack to far too much. Send the parts one by one."))
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in name:
            raise _no(field, _("The archive writes outside its own folder. Pack it anew."))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _no(field, _("The archive holds links. Pack the files themselves."))
        if entry.flag_bits & 1:
            raise _no(field, _("The file is locked with a password. Send it open."))
        lower = name.lower()
        if "vbaproject" in lower or "/activex/" in lower or "/embeddings/" in lower:
            raise _no(field, _("The file carries macros or objects. Save it without and send it."))
        if kind == FileKind.ARCHIVE and rules.extension(lower) in (rules.ACTIVE | {"zip"}):
            raise _no(field, _("The archive holds programs, pages or archives. Leave them out."))
