"""The upload field, for forms of every app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from . import rules
from .purposes import PURPOSES
from .states import FileKind


def accepted(purpose: str) -> str:
    """What a file dialogue offers: media types, so that phones turn their pictures into JPEG."""
    known = PURPOSES.get(purpose)
    kinds = known.kinds if known else frozenset()
    pairs = [(ending, media) for ending, (kind, media) in rules.TYPES.items() if kind in kinds]
    return ",".join(dict.fromkeys([m for _e, m in pairs] + [f".{e}" for e, _m in pairs]))


class ManyFiles(forms.FileInput):
    """A field for several files; a phone offers its camera."""

    allow_multiple_selected = True


class UploadsField(forms.Field):
    """Several files for a declared purpose; cleaned to a list, empty when none was sent."""

    widget = ManyFiles
    default_error_messages = {
        "required": _("Choose at least one file."),
        "many": _("Send at most %(most)s files at once."),
    }

    def __init__(self, *, purpose: str, **options: Any) -> None:
        self.purpose = purpose
        options.setdefault("label", _("Files"))
        options.setdefault("required", False)
        options.setdefault("help_text", _("Several may be chosen; a phone offers its camera."))
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": accepted(self.purpose)}

    def clean(self, value: Any) -> list[UploadedFile]:
        files = [file for file in value or [] if file]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > rules.AT_ONCE:
            words = self.error_messages["many"] % {"most": rules.AT_ONCE}
            raise forms.ValidationError(words, code="many")
        return files


class Attach(forms.Form):
    """More files of one purpose for one thing."""

    photo = forms.FileField(
        label=_("Take a photograph"),
        required=False,
        allow_empty_file=True,
        max_length=1000,
        help_text=_("On a phone this opens the camera."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"] = UploadsField(purpose=purpose)
        self.order_fields(["uploads", "photo"])
        if FileKind.IMAGE not in PURPOSES[purpose].kinds:
            del self.fields["photo"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        photo = data.get("photo")
        data["all"] = [*data.get("uploads", []), *([photo] if photo else [])]
        if not data["all"] and not self.errors:
            self.add_error("uploads", self.fields["uploads"].error_messages["required"])
        return data


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
