"""The upload field, for forms of every app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules
from .purposes import PURPOSES


class UploadField(forms.FileField):
    """A file for a declared purpose; the service inspects it, the field says what is taken."""

    def __init__(self, *, purpose: str, **options: Any) -> None:
        self.purpose = purpose
        options.setdefault("label", _("File"))
        options.setdefault("max_length", 1000)
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(f".{e}" for e in self.endings())}

    def endings(self) -> list[str]:
        """Extensions the purpose takes."""
        known = PURPOSES.get(self.purpose)
        kinds = known.kinds if known else frozenset()
        return sorted(ending for ending, (kind, _type) in rules.TYPES.items() if kind in kinds)
