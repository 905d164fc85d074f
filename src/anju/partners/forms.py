"""What officials and the security administrator fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation
from anju.access.states import OrganisationKind
from anju.core.time import legal_day
from anju.registry.models import ChangeRequest
from anju.ui.actions import ActorForm

from .queries import changes_to_link
from .states import EventKind
from .subjects import field_of


class LinkField(forms.ModelChoiceField):
    """A waiting change, by what it sets."""

    def label_from_instance(self, obj: ChangeRequest) -> str:
        new = obj.after.get("name") or obj.after.get("code") or ""
        return f"{obj.target_label} → {new}"


class AcceptForm(ActorForm):
    """The new value, or a change that waits already."""

    value = forms.CharField(
        label=_("New value"),
        max_length=120,
        required=False,
        help_text=_("As it shall be on file. A second person reviews the change."),
    )
    on_day = forms.DateField(
        label=_("Holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Not after today. Only names are dated."),
    )
    change = LinkField(
        label=_("Or link a change that waits already"),
        queryset=ChangeRequest.objects.none(),
        required=False,
    )
    answer = forms.CharField(
        label=_("Note to the partner"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def prepare(self) -> None:
        """Fill in what the partner proposed."""
        links = changes_to_link(self.target)
        self.fields["change"].queryset = links  # type: ignore[attr-defined]
        if not links.exists():
            del self.fields["change"]
        self.fields["value"].initial = self.target.right_value[:120]
        self.fields["on_day"].initial = legal_day(timezone.now())
        if not field_of(self.target.subject_kind, self.target.field).change.endswith("_rename"):
            self.fields["on_day"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Something must be proposed."""
        data = super().clean() or {}
        if not data.get("value") and not data.get("change"):
            self.add_error("value", _("Write the new value, or choose a waiting change."))
        return data


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the partner"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The partner reads it. Leave out what concerns other people."),
        error_messages={"required": _("Write the answer the partner reads.")},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )


class SureForm(forms.Form):
    """Nothing to fill in: the button is the answer."""


class EndpointChangeForm(forms.Form):
    name = forms.CharField(
        label=_("Used for"),
        max_length=80,
        error_messages={"required": _("Say in at most 80 characters what it is used for.")},
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Begins with https:// and is reachable from the internet."),
        error_messages={"required": _("Give the address of the partner's endpoint.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Is told of"),
        choices=EventKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the endpoint is told of.")},
    )


class EndpointForm(EndpointChangeForm):
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        widget=forms.Select(attrs={"data-aj-find": ""}),
        error_messages={"required": _("Choose the partner.")},
    )
    field_order = ("organisation", "name", "address", "kinds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY, closed_on=None)
        self.fields["organisation"].queryset = agencies.order_by("sort_key")  # type: ignore[attr-defined]
