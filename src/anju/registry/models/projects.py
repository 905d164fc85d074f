"""Management areas, and the projects in which companies serve them."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, Reach
from anju.core.time import legal_day
from anju.reference.models import PlacedModel, PlacedQuerySet

from ..states import AreaState, ProjectState, UnitKind
from .base import DatedModel, DatedQuerySet, Today, one_at_a_time, place_indexes, sort_field


class ManagementAreaQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """Areas the company serves today; of a project manager those of the projects led."""
        served = Project.objects.of_company(actor).filter(period__contains=Today())
        return self.filter(pk__in=served.values("management_area_id"))

    def of_owner(self, actor: Actor) -> Self:
        """Areas of the actor's homes."""
        from .communities import Building

        return self.filter(
            buildings__period__contains=Today(),
            buildings__building_id__in=Building.objects.of_owner(actor).values("pk"),
        ).distinct()

    def published(self) -> Self:
        """Areas in force are public."""
        return self.filter(state=AreaState.ACTIVE)


class ManagementArea(PlacedModel):
    """A management area (物业管理区域): a dated set of buildings; may span communities."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    sort_key = sort_field()
    delimited_on = models.DateField(_("delimited on"))
    state = models.CharField(_("state"), max_length=16, choices=AreaState, default="active")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ManagementAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("management area")
        verbose_name_plural = _("management areas")
        indexes = [
            models.Index(fields=["sort_key"], name="registry_mgmtarea_sort"),
            *place_indexes("registry_mgmtarea", "sort_key"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="active", closed_on=None)
                | models.Q(state="closed", closed_on__isnull=False),
                name="registry_mgmtarea_closed_on",
                violation_error_message=_("A closed area has a day of closing."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        return self.name


class ManagementAreaName(DatedModel):
    """A name the area bore from day to day."""

    management_area = models.ForeignKey(ManagementArea, models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=80)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("area name")
        verbose_name_plural = _("area names")
        constraints = [
            one_at_a_time(
                "registry_mgmtareaname_one",
                [("management_area", RangeOperators.EQUAL)],
                _("The area has another name in this period."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AreaBuilding(DatedModel):
    """A building belongs to a management area from day to day."""

    management_area = models.ForeignKey(ManagementArea, models.PROTECT, related_name="buildings")
    building = models.ForeignKey("registry.Building", models.PROTECT, related_name="memberships")
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("building of an area")
        verbose_name_plural = _("buildings of an area")
        constraints = [
            one_at_a_time(
                "registry_areabuilding_one",
                [("building", RangeOperators.EQUAL)],
                _("The building belongs to another management area in this period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.management_area}: {self.building}"


class ProjectQuerySet(PlacedQuerySet):
    def of_company(self, actor: Actor) -> Self:
        """The company's own projects, past ones too; a project manager's are those led today."""
        own = self.filter(company__organisation_id=actor.organisation_id or 0)
        if actor.reach is not Reach.PROJECTS:
            return own
        led = ManagerAssignment.objects.today().filter(manager__user_id=actor.user_id or 0)
        return own.filter(pk__in=led.values("project_id"))

    def of_owner(self, actor: Actor) -> Self:
        """Projects that serve the actor's homes."""
        return self.filter(management_area__in=ManagementArea.objects.of_owner(actor).values("pk"))

    def published(self) -> Self:
        """Projects are public."""
        return self

    def current(self) -> Self:
        """Projects in service today."""
        return self.filter(period__contains=Today())

    def in_state(self, state: str) -> Self:
        """Projects that are not begun, in service or ended today."""
        if state == ProjectState.PLANNED:
            return self.filter(period__startswith__gt=Today())
        if state == ProjectState.ENDED:
            return self.filter(period__endswith__lte=Today())
        return self.current()


class Project(PlacedModel, DatedModel):
    """One company's service of one management area, from day to day."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    management_area = models.ForeignKey(
        ManagementArea,
        models.PROTECT,
        related_name="projects",
        verbose_name=_("management area"),
    )
    company = models.ForeignKey(
        "registry.Company", models.PROTECT, related_name="projects", verbose_name=_("company")
    )
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        indexes = place_indexes("registry_project", "id")
        constraints = [
            one_at_a_time(
                "registry_project_one",
                [("management_area", RangeOperators.EQUAL)],
                _("Another company serves this management area in this period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.management_area} · {self.company}"

    @property
    def journal_label(self) -> str:
        return str(self)

    @property
    def state(self) -> ProjectState:
        """Where the project stands today."""
        today = legal_day(timezone.now())
        if today < self.period.lower:
            return ProjectState.PLANNED
        ended = self.period.upper is not None and self.period.upper <= today
        return ProjectState.ENDED if ended else ProjectState.ACTIVE

    def get_state_display(self) -> str:
        """The state in words."""
        return str(self.state.label)


class ProjectFee(DatedModel):
    """The service fee of a project in fen per m² and month, for a kind of unit."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="fees")
    unit_kind = models.CharField(
        _("kind of unit"), max_length=16, choices=UnitKind, default=UnitKind.HOME
    )
    fee_fen = models.PositiveIntegerField(_("fee per m² and month"))
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        constraints = [
            one_at_a_time(
                "registry_projectfee_one",
                [("project", RangeOperators.EQUAL), ("unit_kind", RangeOperators.EQUAL)],
                _("The project has another fee in this period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.fee_fen} fen"


class ManagerAssignment(DatedModel):
    """The manager of a project from day to day."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="assignments")
    manager = models.ForeignKey("registry.Manager", models.PROTECT, related_name="assignments")
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment of a manager")
        verbose_name_plural = _("assignments of managers")
        constraints = [
            one_at_a_time(
                "registry_assignment_one",
                [("project", RangeOperators.EQUAL)],
                _("The project has another manager in this period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.manager} · {self.project}"
