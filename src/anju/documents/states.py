from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PaperState(TextChoices):
    ISSUED = "issued", _("In force")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Replaced")


class PaperFormat(TextChoices):
    PDF = "pdf", "PDF"
    WORD = "docx", "Word"


APPEARANCE = {
    PaperState.ISSUED: ("s-done", "good"),
    PaperState.WITHDRAWN: ("s-void", ""),
    PaperState.SUPERSEDED: ("s-filed", ""),
}

# Source states of each move; what is not here cannot be left again.
MOVES: dict[PaperState, frozenset[PaperState]] = {
    PaperState.WITHDRAWN: frozenset({PaperState.ISSUED}),
    PaperState.SUPERSEDED: frozenset({PaperState.ISSUED}),
}

MEDIA_TYPES: dict[str, str] = {
    PaperFormat.PDF: "application/pdf",
    PaperFormat.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
