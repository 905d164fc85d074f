"""Forms that mend what was recorded wrongly."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..states import IdKind
from .fields import day_field, evidence_field, reason_field
from .parties import PRIVATE, ManagerNew


class NumberForm(forms.Form):
    number = forms.CharField(label=_("Right number"), max_length=20)
    reason = reason_field()


class FirstDayForm(forms.Form):
    on_day = day_field(label=_("First day of service"))
    reason = reason_field()
    evidence = evidence_field()


class CertificateForm(forms.Form):
    certificate_number = forms.CharField(label=_("Certificate"), max_length=40, required=False)
    reason = reason_field()


class IdentityForm(forms.Form):
    id_number = forms.CharField(label=_("Right identity number"), max_length=40, widget=PRIVATE)
    reason = reason_field()
    evidence = evidence_field()


class ErasureForm(forms.Form):
    reason = reason_field()
    evidence = evidence_field()


class ManagerEnter(ManagerNew):
    """A manager's file and the person in one form."""

    name = forms.CharField(label=_("Name"), max_length=60)
    id_kind = forms.ChoiceField(label=_("Kind of paper"), choices=IdKind.choices)
    id_number = forms.CharField(
        label=_("Identity number"),
        max_length=40,
        widget=PRIVATE,
        help_text=_("Sealed at once. Who is on file already is not registered twice."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        widget=PRIVATE,
        help_text=_("The person's own phone, sealed; not the published one."),
    )
    field_order = ("name", "id_kind", "id_number", "phone", "company", "from_day")
