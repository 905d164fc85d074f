"""Input of an owner's own pages."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.access.forms import PhoneField
from anju.core.time import legal_day
from anju.registry.forms.fields import day_field
from anju.registry.states import IdKind

KINDS = [choice for choice in IdKind.choices if choice[0] != IdKind.UNKNOWN]


class IdentityForm(forms.Form):
    """Who somebody is, as their paper and the register say it."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=60,
        help_text=_("As on your identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_kind = forms.ChoiceField(label=_("Kind of paper"), choices=KINDS)
    id_number = forms.CharField(
        label=_("Identity number"),
        max_length=40,
        help_text=_("It is compared and not kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class InviteForm(forms.Form):
    tenant_name = forms.CharField(
        label=_("Full name of the tenant"),
        max_length=60,
        help_text=_("As on the identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = PhoneField(
        label=_("Mobile phone of the tenant"),
        help_text=_("The invitation goes there. The tenant signs in with this phone."),
    )
    first_day = day_field(label=_("First day"))
    last_day = day_field(
        label=_("Last day"),
        initial=lambda: legal_day(timezone.now()) + timedelta(days=364),
        help_text=_("On the day after, the tenant is no longer bound."),
    )


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class ComplaintForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong with this read?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The audit administrator reads it and answers you."),
    )
