"""Invented files for the demo: a picture drawn here, and a one-page PDF."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def paper(name: str) -> SimpleUploadedFile:
    """An empty page under a name."""
    return SimpleUploadedFile(f"{name}.pdf", _PDF, "application/pdf")


def photo(name: str) -> SimpleUploadedFile:
    """Houses under a sky."""
    image = Image.new("RGB", (640, 400), "#cfe0e6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 640, 400), fill="#8fa089")
    for number, left in enumerate(range(60, 560, 130)):
        top = 90 + 30 * (number % 3)
        draw.rectangle((left, top, left + 95, 330), fill="#e7e2d6", outline="#526066")
        for row in range(top + 14, 310, 26):
            for column in range(left + 10, left + 85, 22):
                draw.rectangle((column, row, column + 12, row + 14), fill="#3d7f90")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return SimpleUploadedFile(f"{name}.jpg", out.getvalue(), "image/jpeg")
