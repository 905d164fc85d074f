"""What people fill in for contracts and filings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.money import fen_from_yuan
from anju.core.time import legal_day
from anju.files.forms import UploadsField
from anju.registry.models import Company, ManagementArea
from anju.registry.states import UnitKind

from . import queries
from .figures import GRADES
from .models import ServiceContract
from .purposes import COPY, FILING_PAPERS
from .states import ContractKind

FIND = {"data-aj-find": ""}  # a long choice with a search field of its own


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, typed or picked."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"],
        error_messages={
            "required": _("Give the day."),
            "invalid": _("Write the day as 2026-11-23."),
        },
        **options,
    )


class TermsForm(forms.Form):
    """The terms of a contract: who with, from when to when, at which fee."""

    client_name = forms.CharField(
        label=_("Client"),
        max_length=120,
        help_text=_("Developer, owners' assembly or government office that signed."),
        error_messages={"required": _("Name the client.")},
    )
    grade = forms.TypedChoiceField(
        label=_("Service grade"), coerce=int, help_text=_("The highest number is the best.")
    )
    signed_on = day_field(_("Signed on"))
    starts_on = day_field(_("Term from"))
    ends_on = day_field(_("Term to"), help_text=_("The last day of the term."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = queries.figure(GRADES, legal_day(timezone.now())).values
        self.fields["grade"].choices = [(one, str(one)) for one in grades]  # type: ignore[attr-defined]
        for kind in UnitKind:
            self.fields[f"fee_{kind.value}"] = forms.CharField(
                label=_("Fee for %(kind)s") % {"kind": kind.label},
                required=False,
                max_length=12,
                help_text=_("Yuan per m² and month, at most two decimals."),
            )
        self.fields["copies"] = UploadsField(purpose=COPY, label=_("Signed copy"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        fees: dict[str, int] = {}
        for kind in UnitKind:
            name = f"fee_{kind.value}"
            text = (cleaned.pop(name, "") or "").strip()
            if not text:
                continue
            try:
                fees[kind.value] = fen_from_yuan(text, field=name)
            except InvalidInput as error:
                for sentence in error.errors[name]:
                    self.add_error(name, str(sentence))
                continue
            if not 0 < fees[kind.value] <= 100_000:
                self.add_error(name, _("A fee lies between 0.01 and 1,000 yuan per m² and month."))
        cleaned["fees"] = fees
        return cleaned


class DraftForm(TermsForm):
    """A new contract."""

    number = forms.CharField(
        label=_("Contract number"),
        max_length=40,
        error_messages={"required": _("Give the contract number.")},
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ContractKind)
    management_area = forms.ModelChoiceField(
        label=_("Management area"),
        queryset=ManagementArea.objects.none(),
        widget=forms.Select(attrs=FIND),
        error_messages={
            "required": _("Choose the management area."),
            "invalid_choice": _("Choose a management area of your place."),
        },
    )
    company = forms.ModelChoiceField(
        label=_("Property company"),
        queryset=Company.objects.none(),
        required=False,
        widget=forms.Select(attrs=FIND),
    )
    field_order = ("number", "kind", "management_area", "company")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = queries.areas_to_contract(actor)
        self.fields["management_area"].queryset = areas.order_by("sort_key")  # type: ignore[attr-defined]
        companies = Company.objects.visible_to(actor).filter(kind="property", state="active")
        self.fields["company"].queryset = companies.order_by("sort_key")  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """The filing number; the project to start, and differing fees to confirm, where it is due."""

    filing_number = forms.CharField(
        label=_("Filing number"),
        max_length=40,
        error_messages={"required": _("Give the filing number.")},
    )

    def __init__(
        self, *args: Any, contract: ServiceContract, apart: list[queries.FeeApart], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if contract.company is not None and queries.project_of(contract) is None:
            self.fields["project_code"] = forms.CharField(
                label=_("Code of the project that starts"),
                max_length=32,
                help_text=_(
                    "The company does not serve this area yet: a project starts with the term."
                ),
                error_messages={"required": _("Give the code of the project that starts.")},
            )
        if apart:
            self.fields["fees_confirmed"] = forms.BooleanField(
                label=_("The fees of the contract are right although the project's differ."),
                error_messages={"required": _("Compare the fees and confirm, or return it.")},
            )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )


class EndForm(forms.Form):
    ended_on = day_field(_("Last day of service"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when the contract ends before its term."),
    )


class FilingForm(forms.Form):
    company = forms.ModelChoiceField(
        label=_("Property company"),
        queryset=Company.objects.none(),
        widget=forms.Select(attrs=FIND),
        error_messages={"required": _("Choose the company.")},
    )
    office_address = forms.CharField(
        label=_("Office in the city"),
        max_length=200,
        error_messages={"required": _("Give the address of the office in the city.")},
    )
    contact_name = forms.CharField(
        label=_("Person in charge here"),
        max_length=60,
        error_messages={"required": _("Name the person in charge here.")},
    )
    contact_phone = forms.RegexField(
        label=_("Office telephone"),
        regex=r"^[0-9][0-9 -]{5,18}$",
        max_length=20,
        help_text=_("Shown to the public."),
        error_messages={
            "required": _("Give the office telephone."),
            "invalid": _("Write the telephone in figures, with blanks or hyphens."),
        },
    )
    valid_from = day_field(_("From"))
    valid_to = day_field(_("To"))
    papers = UploadsField(
        purpose=FILING_PAPERS,
        label=_("Papers of the filing"),
        help_text=_("Business licence and lease of the office. Several may be chosen."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companies = Company.objects.visible_to(actor).filter(is_out_of_town=True, state="active")
        self.fields["company"].queryset = companies.order_by("sort_key")  # type: ignore[attr-defined]


class FilingDecisionForm(forms.Form):
    number = forms.CharField(
        label=_("Filing number"), max_length=40, required=False, help_text=_("Needed to file.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to return or to let lapse."),
    )
