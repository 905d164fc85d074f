"""Official papers: kinds, number series, issued papers and their stored bytes."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation, User
from anju.core.actors import Actor
from anju.reference.models import PlacedModel, PlacedQuerySet

from .states import PaperFormat, PaperState


class PaperKind(models.Model):
    """A kind of paper. ``template`` names the Typst and Word templates that make it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    template = models.CharField(_("template"), max_length=60)
    mark = models.CharField(_("mark"), max_length=20)
    # What stands between mark and number; {mark}, {year} and {sequence} are filled in.
    pattern = models.CharField(_("pattern"), max_length=60, default="{mark}〔{year}〕{sequence}号")

    class Meta:
        verbose_name = _("kind of paper")
        verbose_name_plural = _("kinds of papers")

    def __str__(self) -> str:
        return self.name


class PaperSeries(models.Model):
    """The mark under which one organisation numbers one kind of paper."""

    kind = models.ForeignKey(PaperKind, models.PROTECT, related_name="series")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    mark = models.CharField(_("mark"), max_length=30, unique=True)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation"],
                name="documents_paperseries_once",
                violation_error_message=_("The organisation has a series for this kind already."),
            ),
        ]

    def __str__(self) -> str:
        return self.mark


class PaperSequence(models.Model):
    """The last number given in a series and year. Its row is locked until the paper commits."""

    series = models.ForeignKey(PaperSeries, models.PROTECT, related_name="sequences")
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number sequence")
        verbose_name_plural = _("number sequences")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year"],
                name="documents_papersequence_once",
                violation_error_message=_("A series has one sequence a year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class PaperQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Papers made out to the company, or issued by it."""
        return self.filter(
            Q(recipient_id=actor.organisation_id) | Q(issuer_id=actor.organisation_id)
        )


class Paper(PlacedModel):
    """An issued paper. Only its state may change; a trigger refuses the rest."""

    kind = models.ForeignKey(PaperKind, models.PROTECT, related_name="papers")
    series = models.ForeignKey(PaperSeries, models.PROTECT, related_name="papers")
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField(_("sequence"))
    number = models.CharField(_("number"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    issuer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("issuer")
    )
    issuer_name = models.CharField(_("issuer"), max_length=120)
    recipient = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_label = models.CharField(_("about"), max_length=200, blank=True)
    values = models.JSONField(_("values"))
    verification_code = models.CharField(_("verification code"), max_length=24, unique=True)
    state = models.CharField(
        _("state"), max_length=12, choices=PaperState, default=PaperState.ISSUED
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=300, blank=True)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("replaces"),
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "sequence"],
                name="documents_paper_number_once",
                violation_error_message=_("This number is given already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="documents_paper_withdrawn_reason",
                violation_error_message=_("Write why the paper is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def journal_label(self) -> str:
        return self.number


class PaperFile(models.Model):
    """The stored bytes of a paper in one format. Append-only; served as stored, never re-made."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="files")
    format = models.CharField(_("format"), max_length=8, choices=PaperFormat)
    path = models.CharField(max_length=200)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "format"],
                name="documents_paperfile_once",
                violation_error_message=_("The paper has a file of this format already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}.{self.format}"
