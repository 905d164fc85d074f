"""What people fill in about papers."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

COMPARED_BYTES = 20_000_000


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Everybody who verifies the paper reads it."),
        error_messages={"required": _("Write why the paper is withdrawn.")},
    )


class ExtractForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language of the paper"), choices=settings.LANGUAGES, initial="zh-hans"
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        max_length=60,
        help_text=_("16 letters and figures beside the QR code; blanks do not matter."),
        error_messages={"required": _("Write the verification code.")},
    )


class CompareForm(forms.Form):
    file = forms.FileField(
        label=_("File to compare"),
        help_text=_("PDF or Word as it was received. It is compared and not kept."),
        error_messages={
            "required": _("Choose the file to compare."),
            "empty": _("The file is empty. Choose another."),
        },
    )

    def clean_file(self) -> object:
        upload = self.cleaned_data["file"]
        if upload.size > COMPARED_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB. It is none of ours."))
        return upload
