"""Fields of the register's forms: things named by name or code, areas, shares, reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.area import dm2_from_m2, m2
from anju.core.errors import InvalidInput
from anju.core.money import fen_from_yuan
from anju.core.time import legal_day
from anju.files.forms import UploadsField
from anju.reference.models import Area
from anju.ui.actions import ActorForm

from .. import rules, vault
from ..filters import below
from ..models import Company, Person
from ..states import CompanyKind, CompanyState, IdKind


class NamedField(forms.CharField):
    """Something on file, written by its name or its code.

    ``rows`` gives what the actor may name; set by the form's ``prepare``.
    """

    default_error_messages = {
        "unknown": _("Nothing with this name or code is on file here. Check it, or search first."),
        "several": _("Several have this name. Write the code instead."),
    }

    def __init__(self, *, code: str = "code", **kwargs: Any) -> None:
        self.code = code
        self.rows: Callable[[], QuerySet[Any]] | None = None
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        rows = self.rows() if self.rows else Company.objects.none()
        found = list(rows.filter(Q(name=text) | Q(**{f"{self.code}__iexact": text}))[:2])
        if not found:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        if len(found) > 1:
            raise forms.ValidationError(self.error_messages["several"], code="several")
        return found[0]


class PlaceField(forms.ChoiceField):
    """An area of responsibility within the actor's reach."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Place"))
        kwargs.setdefault("widget", forms.Select(attrs={"data-aj-find": ""}))
        super().__init__(**kwargs)

    def offer(self, actor: Actor) -> None:
        """Committees first; where there are none, sub-districts and districts."""
        choices: list[tuple[str, Any]] = [("", _("Choose a place"))]
        for level in (3, 2, 1):
            choices += below(actor, level)
        self.choices = choices

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return Area.objects.get(pk=int(text)) if text else None


class SquareMetres(forms.CharField):
    """A floor area in m², cleaned to dm²."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            dm2 = dm2_from_m2(text)
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error
        if not 0 < dm2 <= 100_000_000:
            raise forms.ValidationError(_("An area lies between 0.01 and 1,000,000 m²."))
        return dm2

    def prepare_value(self, value: Any) -> Any:
        return m2(value).replace(",", "") if isinstance(value, int) else value


class Yuan(forms.CharField):
    """Money in yuan, cleaned to fen."""

    def __init__(self, *, least: int = 0, most: int = 10**13, **kwargs: Any) -> None:
        self.least, self.most = least, most
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            fen = fen_from_yuan(text)
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error
        if not self.least <= fen <= self.most:
            raise forms.ValidationError(_("This amount cannot be right. Check the decimals."))
        return fen

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value


class ShareField(forms.CharField):
    """A share written 1/2 or 50%, cleaned to (numerator, denominator)."""

    def clean(self, value: Any) -> tuple[int, int] | None:
        text = super().clean(value).strip().replace("／", "/").replace("％", "%")
        if not text:
            return None
        num, _slash, den = text.partition("/")
        if text.endswith("%"):
            num, den = text[:-1], "100"
        if not (num.strip().isdecimal() and (den or "1").strip().isdecimal()):
            raise forms.ValidationError(_("Write a share as 1/2, 1 or 50%."))
        share = int(num), int(den or "1")
        if not 0 < share[0] <= share[1] <= 10_000:
            raise forms.ValidationError(_("A share lies above zero and up to one."))
        return share


class OwnerField(forms.CharField):
    """A person by identity number, or a company by credit code or name."""

    def clean(self, value: Any) -> Person | Company | None:
        text = super().clean(value).strip()
        if not text:
            return None
        company = Company.objects.filter(Q(code=text.upper()) | Q(name=text)).first()
        if company is not None:
            return company
        number = rules.identity_normal(text)
        hashes = [vault.search_hash("id", f"{kind}:{number}") for kind in IdKind.values]
        person = Person.objects.filter(id_hash__in=hashes).first()
        if person is None:
            words = _("Nobody with this number is on file. Register the person first.")
            raise forms.ValidationError(words)
        return person


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, with the browser's calendar."""
    kwargs.setdefault("label", _("From"))
    kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kwargs.setdefault("initial", lambda: legal_day(timezone.now()))
    kwargs.setdefault("input_formats", ["%Y-%m-%d"])
    kwargs.setdefault(
        "error_messages", {"invalid": _("Write the day as year-month-day, e.g. 2026-11-23.")}
    )
    return forms.DateField(**kwargs)


def reason_field(**kwargs: Any) -> forms.CharField:
    """The words that stay with the act."""
    kwargs.setdefault("label", _("Reason"))
    kwargs.setdefault("max_length", 200)
    kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
    kwargs.setdefault("help_text", _("Kept with the change; do not write personal numbers here."))
    return forms.CharField(**kwargs)


def evidence_field() -> UploadsField:
    """Papers a proposed change rests on; the reviewer reads them."""
    return UploadsField(
        purpose="registry.change_evidence",
        label=_("Evidence"),
        help_text=_(
            "Papers and pictures it rests on. Several may be chosen; a phone offers its camera."
        ),
    )


def companies(actor: Actor, *, kind: str = CompanyKind.PROPERTY) -> QuerySet[Company]:
    """Companies in business the actor may name."""
    rows = Company.objects.visible_to(actor).filter(state=CompanyState.ACTIVE)
    return rows.filter(kind=kind) if kind else rows


__all__ = [
    "ActorForm",
    "NamedField",
    "OwnerField",
    "PlaceField",
    "ShareField",
    "SquareMetres",
    "Yuan",
    "companies",
    "day_field",
    "evidence_field",
    "reason_field",
]
