"""What officials fill in: corrections of days and published years."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.core.errors import InvalidInput

from .services.year_file import read_year


class CorrectionForm(forms.Form):
    working = forms.TypedChoiceField(
        label=_("This day is"),
        choices=[("work", _("a working day")), ("rest", _("a day of rest"))],
        coerce=lambda value: value == "work",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the day is.")},
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("For example a local holiday.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Name the document. The earlier statement is kept."),
        error_messages={"required": _("Write why the day is corrected.")},
    )


class YearForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"),
        min_value=2004,
        max_value=2100,
        error_messages={"required": _("Write the year.")},
    )
    source_name = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("Number and title of the document that published the year."),
        error_messages={"required": _("Name the document that published the year.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel. Columns: 日期, 班休, 名称. Ordinary days may be left out."),
        error_messages={
            "required": _("Choose the file of the year."),
            "empty": _("The file is empty. Choose another."),
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload is not None:
            try:
                cleaned["days"] = read_year(upload.read(2_000_000))
            except InvalidInput as error:
                for sentence in error.errors["file"]:
                    self.add_error("file", str(sentence))
        return cleaned
