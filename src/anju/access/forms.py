"""Input of sign-in, account and administration pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from anju.reference.models import Area

from .models import Organisation
from .permissions import GRANTS, PERMISSIONS
from .rules import CODE_DIGITS, HELD_IN, code_from_text, phone_from_text
from .states import OrganisationKind, Role


def day_input() -> forms.DateInput:
    """The browser's calendar; it takes a day in one format only, whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PhoneField(forms.CharField):
    """A mainland mobile number as people type it; gives its eleven digits."""

    widget = forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "maxlength": 30}
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile phone"))
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        phone = phone_from_text(text)
        if phone is None:
            raise forms.ValidationError(_("Give a mobile number of 11 digits."))
        return phone


class CodeField(forms.CharField):
    """A code of six digits; takes blanks and full-width digits."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12}
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Confirmation code"))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        digits = code_from_text(super().clean(value))
        if len(digits) != CODE_DIGITS and (self.required or digits):
            raise forms.ValidationError(_("Write the six digits of the code."))
        return digits


class PhoneForm(forms.Form):
    phone = PhoneField()


class PhoneCodeForm(forms.Form):
    phone = PhoneField()
    code = CodeField(help_text=_("Six digits, good for five minutes."))


class CodeForm(forms.Form):
    code = CodeField()


class FactorCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Confirmation code"),
        max_length=40,
        help_text=_("Six digits of your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20}
        ),
    )


class PasswordSignInForm(forms.Form):
    name = forms.CharField(
        label=_("Sign-in name or mobile phone"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class RegisterForm(forms.Form):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=60,
        help_text=_("As on your identity card; it is compared when you add a home."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters, none of your last five passwords."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two do not agree."))
        return data


class PasswordChangeForm(NewPasswordForm):
    old = forms.CharField(
        label=_("Password now"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")


class ProfileForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=60)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class PhoneChangeForm(forms.Form):
    """The codes of both phones; the old one is asked only where there is one."""

    phone = PhoneField(label=_("New mobile phone"))
    old_code = CodeField(label=_("Code sent to the phone you have now"), required=False)
    new_code = CodeField(label=_("Code sent to the new phone"), required=False)


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the passkey"), max_length=60, required=False, help_text=_("For yourself.")
    )
    credential = forms.JSONField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class AreaChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Place"))
        super().__init__(
            queryset=Area.objects.filter(valid_to__isnull=True).order_by("level", "sort_key"),
            widget=forms.Select(attrs={"data-aj-find": ""}),
            **kwargs,
        )


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    area = AreaChoice(required=False)
    parent = forms.ModelChoiceField(
        label=_("Belongs to"),
        required=False,
        queryset=Organisation.objects.filter(closed_on__isnull=True).order_by("sort_key"),
        widget=forms.Select(attrs={"data-aj-find": ""}),
    )


class OrganisationCreateForm(OrganisationForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    field_order = ("kind", "name", "area", "parent")


class OrganisationChangeForm(OrganisationForm):
    closed_on = forms.DateField(
        label=_("Closed on"),
        required=False,
        widget=day_input(),
    )


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=60,
        help_text=_("3 to 60 letters, digits, dots or underscores."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(label=_("Full name"), max_length=60)
    phone = PhoneField(help_text=_("The invitation is sent here."))


class PostForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=[(r.value, r.label) for r in Role if r.value in HELD_IN]
    )
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.filter(closed_on__isnull=True).order_by("sort_key"),
        widget=forms.Select(attrs={"data-aj-find": ""}),
    )
    area = AreaChoice(required=False, help_text=_("Empty: the place of the organisation."))
    valid_from = forms.DateField(label=_("From"), widget=day_input())
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=day_input(),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class PostEndForm(forms.Form):
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("Yesterday ends it at once."),
        widget=day_input(),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ElevationForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    rows = forms.CharField(
        label=_("Named rows"),
        max_length=4000,
        help_text=_("One a line, as app.model:number, for instance registry.unit:42."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class KeyForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.filter(closed_on__isnull=True).order_by("sort_key"),
        widget=forms.Select(attrs={"data-aj-find": ""}),
    )
    name = forms.CharField(label=_("Used for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("May"), widget=forms.CheckboxSelectMultiple, choices=[]
    )
    expires_on = forms.DateField(label=_("Last day"), widget=day_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (name, PERMISSIONS[name]) for name in sorted(GRANTS[Role.API_PARTNER])
        ]
