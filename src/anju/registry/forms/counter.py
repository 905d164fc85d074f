"""Forms of the counter: binding with a witness, ending, separating a phone, answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.access.forms import PhoneField
from anju.access.models import User
from anju.core.time import legal_day

from ..models import Ownership
from ..queries.counter import sharers, witnesses
from ..states import IdKind, PaperSeen
from .fields import ActorForm, day_field, reason_field

TENANT = "tenant"


class CounterBindForm(ActorForm):
    """``target`` is the home."""

    phone = PhoneField(
        label=_("Sign-in phone of the account"),
        help_text=_("The person signs in once with this phone, then it has an account."),
    )
    person = forms.ChoiceField(label=_("Who the account belongs to"))
    tenant_name = forms.CharField(label=_("Name of the tenant"), max_length=60, required=False)
    id_kind = forms.ChoiceField(
        label=_("Tenant's kind of paper"), choices=IdKind.choices, required=False
    )
    id_number = forms.CharField(
        label=_("Tenant's identity number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_day = day_field(
        label=_("Last day of the tenancy"),
        required=False,
        initial=None,
        help_text=_("As in the filed lease; empty for owners."),
    )
    papers = forms.MultipleChoiceField(
        label=_("Papers you both saw in the original"),
        choices=[c for c in PaperSeen.choices if c[0] != PaperSeen.UNRECORDED],
        widget=forms.CheckboxSelectMultiple,
    )
    witness = forms.ChoiceField(
        label=_("Second official"), widget=forms.Select(attrs={"data-aj-find": ""})
    )
    witness_code = forms.CharField(
        label=_("Code of the second official"),
        max_length=40,
        help_text=_("The second official types it: from the authenticator app, as at sign-in."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}
        ),
    )
    reason = reason_field()

    def prepare(self) -> None:
        day = legal_day(timezone.now())
        spells = Ownership.objects.on(day).filter(unit=self.target).select_related("person")
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((str(s.person_id), s.person.name) for s in spells if s.person),
            (TENANT, _("A tenant (name and number below)")),
        ]
        self.fields["witness"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *(
                (str(post.user_id), f"{post.user.full_name} · {post.organisation.name}")
                for post in witnesses(self.actor, self.target, day=day)
            ),
        ]

    def clean_phone(self) -> User:
        user = User.objects.filter(phone=self.cleaned_data["phone"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _("No account has this phone. The person signs in with it first.")
            )
        return user

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("person") == TENANT:
            for name in ("tenant_name", "id_number"):
                if not data.get(name):
                    self.add_error(name, _("Please fill in this field."))
        return data


class BindingEndForm(forms.Form):
    reason = reason_field()


class SeparateForm(ActorForm):
    """``target`` is one of the people with the phone."""

    keeper = forms.ChoiceField(label=_("Whose phone it is"), widget=forms.RadioSelect)
    reason = reason_field(help_text=_("E.g. who came to the counter, and with which paper."))

    def prepare(self) -> None:
        self.fields["keeper"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.name} {one.id_mask}") for one in sharers(self.actor, self.target)
        ]


class AnswerForm(forms.Form):
    upheld = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("yes", _("Upheld: the read was not right")), ("no", _("Not upheld"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer to the person"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads these words."),
    )
