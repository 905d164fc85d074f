from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileKind(TextChoices):
    IMAGE = "image", _("Picture")
    PDF = "pdf", _("PDF")
    SHEET = "sheet", _("Spreadsheet")
    DOCUMENT = "document", _("Word document")
    TEXT = "text", _("Text or CSV")
    ARCHIVE = "archive", _("ZIP archive")


class ScanState(TextChoices):
    UNSCANNED = "unscanned", _("Not scanned")
    CLEAN = "clean", _("Scanned")
    INFECTED = "infected", _("Carries a virus")


APPEARANCE = {
    ScanState.UNSCANNED: ("s-open", ""),
    ScanState.CLEAN: ("s-done", "good"),
    ScanState.INFECTED: ("s-fail", "bad"),
}
