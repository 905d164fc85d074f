"""What an attached file may be: kinds, limits, safe names, and marks of active content."""

from __future__ import annotations

import re
import zlib

MIB = 1024 * 1024
# Extension → kind, media type it is served with.
TYPES = {
    "jpg": ("image", "image/jpeg"),
    "jpeg": ("image", "image/jpeg"),
    "png": ("image", "image/png"),
    "webp": ("image", "image/webp"),
    "pdf": ("pdf", "application/pdf"),
    "xlsx": ("sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": (
        "document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "csv": ("text", "text/csv"),
    "txt": ("text", "text/plain"),
    "zip": ("archive", "application/zip"),
}
LIMITS = {
    "image": 20 * MIB,
    "pdf": 50 * MIB,
    "sheet": 50 * MIB,
    "document": 20 * MIB,
    "text": 50 * MIB,
    "archive": 100 * MIB,
}
MAX_PIXELS = 50_000_000
MAX_ENTRIES = 5_000
MAX_UNPACKED = 500 * MIB
MAX_RATIO = 200
NAME_LENGTH = 120
AT_ONCE = 20  # files of one form
MOST_OF_ONE = 100  # files of one thing

_PROGRAMS = """
asp aspx bat bin cgi chm class cmd com cpl dll docm dotm exe hta htm html inf jar js jse jsp lnk
mht mhtml msi php php5 phtml pif pl ps1 py rb reg scr sh svg swf vb vbe vbs wsf xht xhtml xlsm
xltm xml xsl
"""
ACTIVE = frozenset(_PROGRAMS.split())
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|math)", re.I)
_PDF_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR)\b"
)
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_FETCHED = re.compile(rb"/(attachedTemplate|oleObject|subDocument|frame|externalLink\w*)\"")
_REMOTE = re.compile(rb"Target=\"(https?:|ftp:|mhtml:|\\\\|file:///?\\\\)", re.IGNORECASE)
_PDF_LOCKED = re.compile(rb"/Encrypt\b")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# Put together here, so that no scanner takes this file for the test virus itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def extension(name: str) -> str:
    """Lower-case extension without its dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def safe_name(cleaned: str) -> str:
    """A name for showing and saving, of a name already free of control characters.

    Folders are dropped, inner extensions of programs lose their dot, long names are cut.
    """
    name = cleaned.replace("\\", "/").rpartition("/")[2]
    name = re.sub(r'[<>:"|?*;%\']', "_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    parts = stem.split(".")
    stem = parts[0]
    for part in parts[1:]:
        stem += ("_" if part.strip().lower() in ACTIVE else ".") + part
    stem = stem.strip(" .")[: NAME_LENGTH - len(ending) - 1] or "file"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending.strip().lower()}" if dot else stem


def size_words(size: int) -> str:
    """1234567 → 1.2 MB."""
    return f"{size / MIB:.1f} MB" if size >= MIB else f"{max(size / 1024, 0.1):.1f} KB"


def has_markup(data: bytes) -> bool:
    """Whether a text begins like a page a browser would run."""
    return bool(_MARKUP.search(data[:4096]))


def reaches_out(links: bytes) -> bool:
    """Whether links inside an office file fetch or start something when it is opened.

    A link a reader clicks, or a template on the writer's own disk, does not.
    """
    if b"ddeLink" in links:
        return True
    for match in _RELATION.finditer(links):
        relation = match[0]
        if _FETCHED.search(relation) and _REMOTE.search(relation):
            return True
    return False


def pdf_fault(data: bytes) -> str:
    """Why a PDF is not taken: ``shape``, ``tail``, ``locked``, ``active``; empty when it is."""
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        return "shape"
    tail = data[data.rfind(b"%%EOF") + 5 :]
    if tail.strip(b"\r\n\t \x00") or b"PK\x05\x06" in data[-70_000:] or has_markup(data):
        return "tail"
    if _PDF_LOCKED.search(data):
        return "locked"
    if _is_active(data):
        return "active"
    left = 64 * MIB
    for match in _PDF_STREAM.finditer(data):
        try:
            text = zlib.decompressobj().decompress(match[1], min(left, 8 * MIB))
        except zlib.error:
            continue
        left -= len(text)
        # Names hide in compressed object streams; pictures are no objects.
        if b"/" in text and _is_active(text):
            return "active"
        if left <= 0:
            return "active"
    return ""


def _is_active(text: bytes) -> bool:
    plain = _PDF_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text)
    return bool(_PDF_ACTIVE.search(plain))
