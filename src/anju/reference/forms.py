"""What officials fill in: corrections of days and published years."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.core.errors import InvalidInput

from .models import Area
from .services.year_file import read_year
from .states import AreaKind, AreaLevel, DivisionChangeKind


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


class AreaChangeForm(forms.Form):
    """A dated change of an area; subclasses add what changes."""

    kind: DivisionChangeKind
    title: Any
    explain: Any
    fields_of_plan: tuple[str, ...] = ()

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        self.area = area
        super().__init__(*args, **kwargs)
        self.fields["effective_on"] = forms.DateField(
            label=_("In force from"),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("A day to come is waited for; the days before it read as they were."),
            error_messages={
                "required": _("Write the day from which the change holds."),
                "invalid": _("Write the day as YYYY-MM-DD."),
            },
        )
        self.fields["document"] = forms.CharField(
            label=_("Document number"),
            max_length=80,
            error_messages={"required": _("Write the number of the document.")},
        )
        self.fields["source"] = forms.CharField(
            label=_("Issued by"),
            max_length=200,
            help_text=_("Who issued the document, and its title."),
            error_messages={"required": _("Name the document the change rests on.")},
        )
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices of this area."""

    def plan(self) -> dict[str, Any]:
        """What the change needs, by name."""
        found = {name: self.cleaned_data.get(name) for name in self.fields_of_plan}
        return {name: value for name, value in found.items() if value not in (None, "", [])}


def _area_choices(rows: Any) -> list[tuple[Any, str]]:
    found = rows.filter(valid_to=None).select_related("parent").order_by("level", "sort_key")
    return [
        ("", str(_("Choose an area"))),
        *(
            (one.pk, f"{one.name}（{one.parent.name}）" if one.parent else one.name)
            for one in found
        ),
    ]


def _area_field(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        widget=forms.Select(attrs={"data-aj-find": ""}),
        error_messages={
            "required": _("Choose an area."),
            "invalid_choice": _("Choose an area of the list."),
        },
    )


def _name_field(**kwargs: Any) -> forms.CharField:
    kwargs.setdefault("label", _("New name"))
    return forms.CharField(
        max_length=80, error_messages={"required": _("Write the new name.")}, **kwargs
    )


def _code_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("New code"),
        max_length=12,
        help_text=_("2 to 12 digits, as the state's list of codes has it."),
        error_messages={"required": _("Write a code of 2 to 12 digits.")},
        **kwargs,
    )


class RenameForm(AreaChangeForm):
    kind = DivisionChangeKind.RENAMED
    title = _("Rename an area")
    explain = _("The old name stays on file with its days, and old papers keep it.")
    fields_of_plan = ("name",)
    name = _name_field()


class RecodeForm(AreaChangeForm):
    kind = DivisionChangeKind.RECODED
    title = _("Change the code of an area")
    explain = _("Files of earlier days are read by the code of their day.")
    fields_of_plan = ("code",)
    code = _code_field()


class MoveForm(AreaChangeForm):
    kind = DivisionChangeKind.MOVED
    title = _("Move an area into another")
    explain = _("Everything placed in it follows: who saw it before sees it no longer.")
    fields_of_plan = ("parent",)
    parent = _area_field(_("Into"))

    def prepare(self) -> None:
        level = self.area.parent.level if self.area.parent else AreaLevel.CITY
        rows = Area.objects.filter(level=level).exclude(pk=self.area.parent_id or 0)
        self.fields["parent"].choices = _area_choices(rows)  # type: ignore[attr-defined]


class MergeForm(AreaChangeForm):
    kind = DivisionChangeKind.MERGED
    title = _("Merge an area into another")
    explain = _(
        "The area ends; what lies in it and every row placed in it belong to the other from that"
        " day. Posts at the ended area see nothing any more: grant new ones."
    )
    fields_of_plan = ("into", "name")
    into = _area_field(_("Merge into"))
    name = _name_field(
        label=_("Name of the merged area"),
        required=False,
        help_text=_("Leave it empty when it keeps its name."),
    )

    def prepare(self) -> None:
        rows = Area.objects.filter(level=self.area.level).exclude(pk=self.area.pk)
        if self.area.level > AreaLevel.DISTRICT:
            rows = rows.filter(district_id=self.area.district_id)
        self.fields["into"].choices = _area_choices(rows)  # type: ignore[attr-defined]


class SplitForm(AreaChangeForm):
    kind = DivisionChangeKind.SPLIT
    title = _("Split an area")
    explain = _(
        "A second area is founded beside it and takes the parts you choose. Communities that are"
        " placed in it directly are moved one by one, on their own pages."
    )
    fields_of_plan = ("name", "code", "children")
    name = _name_field(label=_("Name of the new area"))
    code = _code_field()
    children = forms.TypedMultipleChoiceField(
        label=_("Parts that go to the new area"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose areas that lie in it.")},
    )

    def prepare(self) -> None:
        rows = self.area.children.filter(valid_to=None).order_by("sort_key")
        choices = [(one.pk, one.name) for one in rows]
        if choices:
            self.fields["children"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["children"]


class FoundForm(AreaChangeForm):
    kind = DivisionChangeKind.FOUNDED
    title = _("Found an area")
    explain = _("The new area is empty at first; areas and communities are moved into it after.")
    fields_of_plan = ("name", "code", "kind", "level")
    name = _name_field(label=_("Name of the new area"))
    code = _code_field()

    def prepare(self) -> None:
        kinds = {
            AreaLevel.CITY: ("district", "county", "county_city", "zone"),
            AreaLevel.DISTRICT: ("subdistrict", "town"),
            AreaLevel.SUBDISTRICT: ("committee", "village"),
        }.get(AreaLevel(self.area.level), ())
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"),
            choices=[(one, AreaKind(one).label) for one in kinds],
            error_messages={"required": _("Choose the kind of the new area.")},
        )
        self.order_fields(["name", "code", "kind", "effective_on", "document", "source"])


class DissolveForm(AreaChangeForm):
    kind = DivisionChangeKind.DISSOLVED
    title = _("Dissolve an area")
    explain = _("Only an area in which nothing lies is dissolved; else merge it into another.")


class UndoForm(AreaChangeForm):
    title = _("Take a change back")
    explain = _(
        "Nothing is deleted: a further change brings back what was before, from the day you give."
    )


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Needed for a refusal: say what is wrong."),
    )


CHANGE_FORMS: dict[str, type[AreaChangeForm]] = {
    "rename": RenameForm,
    "recode": RecodeForm,
    "move": MoveForm,
    "merge": MergeForm,
    "split": SplitForm,
    "found": FoundForm,
    "dissolve": DissolveForm,
}
