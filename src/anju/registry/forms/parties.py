"""Forms of people, companies, staff and project managers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..states import CompanyKind, IdKind
from .fields import ActorForm, NamedField, PlaceField, Yuan, companies, day_field, reason_field

PRIVATE = forms.TextInput(attrs={"autocomplete": "off"})


class RevealForm(forms.Form):
    reason = reason_field(
        label=_("Why the numbers are needed"),
        min_length=4,
        help_text=_("The reading is recorded with these words, and the person may ask for it."),
    )


class PersonNew(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    id_kind = forms.ChoiceField(label=_("Kind of paper"), choices=IdKind.choices)
    id_number = forms.CharField(
        label=_("Identity number"), max_length=40, required=False, widget=PRIVATE
    )
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False, widget=PRIVATE)


class PersonChange(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(
        label=_("New phone"),
        max_length=20,
        required=False,
        widget=PRIVATE,
        help_text=_("Leave empty to keep the phone on file."),
    )
    reason = reason_field()


class CompanyFacts(ActorForm):
    registered_area = PlaceField(label=_("Registered place"), required=False)
    is_out_of_town = forms.BooleanField(label=_("Registered out of town"), required=False)
    registered_address = forms.CharField(
        label=_("Registered address"), max_length=200, required=False
    )
    legal_representative = forms.CharField(
        label=_("Legal representative"), max_length=60, required=False
    )
    registered_capital_fen = Yuan(label=_("Registered capital, yuan"), required=False)
    founded_on = day_field(label=_("Founded on"), required=False, initial=None)
    phone = forms.CharField(label=_("Published telephone"), max_length=20, required=False)

    def prepare(self) -> None:
        self.fields["registered_area"].offer(self.actor)  # type: ignore[attr-defined]


COMPANY_FACTS = tuple(CompanyFacts.base_fields)


def company_facts(data: dict[str, Any]) -> dict[str, Any]:
    """Fields of a company among a form's data."""
    return {name: data[name] for name in COMPANY_FACTS}


class CompanyNew(CompanyFacts):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Unified social credit code"), max_length=18, help_text=_("18 characters.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=CompanyKind.choices)
    field_order = ("name", "code", "kind")


class BranchNew(CompanyFacts):
    name = forms.CharField(label=_("Name of the branch"), max_length=120)
    code = forms.CharField(label=_("Unified social credit code"), max_length=18)
    field_order = ("name", "code")


class StaffNew(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    title = forms.CharField(label=_("Job title"), max_length=60)
    from_day = day_field()


class DayForm(forms.Form):
    on_day = day_field(label=_("First day without it"))


class ReasonForm(forms.Form):
    reason = reason_field()


class ManagerNew(ActorForm):
    company = NamedField(label=_("Company"), help_text=_("Name or credit code."))
    from_day = day_field(label=_("Works there from"))
    certificate_number = forms.CharField(label=_("Certificate"), max_length=40, required=False)
    published_phone = forms.CharField(
        label=_("Published telephone"),
        max_length=20,
        required=False,
        help_text=_("Everybody sees it. It is never a phone somebody signs in with."),
    )

    def prepare(self) -> None:
        self.fields["company"].rows = lambda: companies(self.actor)  # type: ignore[attr-defined]


class ManagerEmploy(ActorForm):
    company = NamedField(label=_("New company"), help_text=_("Name or credit code."))
    from_day = day_field()

    def prepare(self) -> None:
        self.fields["company"].rows = lambda: companies(self.actor)  # type: ignore[attr-defined]


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Published telephone"),
        max_length=20,
        required=False,
        help_text=_("Everybody sees it. Empty: none is published."),
    )


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the proposer"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the change is refused."),
    )
