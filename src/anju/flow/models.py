"""To-dos, moves made, and what is on public show."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation, User
from anju.access.states import Role
from anju.core.actors import OF_A_COMPANY, Actor, Reach
from anju.reference.models import PlacedModel, PlacedQuerySet

from .states import ObjectionState, PublicityState, TaskState, Words


class TaskQuerySet(PlacedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Tasks of the actor's own role at the actor's own place, organisation or person."""
        if actor.user_id is None:
            return self.none()
        mine = Q(user_id=actor.user_id)
        if actor.reach in OF_A_COMPANY:
            mine |= Q(user=None, role=actor.role, organisation_id=actor.organisation_id)
        elif actor.reach in (Reach.CITY, Reach.DISTRICT, Reach.SUBDISTRICT, Reach.COMMITTEE):
            place = Q(area_id=actor.area_id) if actor.area_id else Q()
            mine |= Q(user=None, role=actor.role) & place
        elif actor.reach is Reach.NOTHING and actor.permissions:
            # An administrator's post is held, sees no business row, and has to-dos all the same.
            mine |= Q(user=None, role=actor.role)
        return self.filter(mine)

    def open(self) -> Self:
        """Tasks still to be done."""
        return self.filter(state=TaskState.OPEN)


class Task(PlacedModel):
    """Something somebody has to do by a time; written and closed by the move that causes it."""

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("task"), max_length=200)  # English; ``words`` is what people read
    values = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    link = models.CharField(max_length=200)
    role = models.CharField(_("role"), max_length=32, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=TaskState, default=TaskState.OPEN)
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(
                fields=["role", "area", "due_at"], condition=Q(state="open"), name="flow_task_desk"
            ),
            models.Index(
                fields=["user", "due_at"], condition=Q(state="open"), name="flow_task_user"
            ),
            models.Index(fields=["subject_type", "subject_id"], name="flow_task_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="flow_task_closed_when_not_open",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="flow_task_one_open_of_a_kind",
                fields=["kind", "subject_type", "subject_id", "role"],
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What is to be done, in the reader's language."""
        return str(Words(self.title, **self.values))


class MoveMade(models.Model):
    """One move of one thing: from where to where, by whom, when and why. Append-only."""

    flow = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    move = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("move made")
        verbose_name_plural = _("moves made")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="flow_move_subject")
        ]

    def __str__(self) -> str:
        return f"{self.flow}: {self.from_state} → {self.to_state}"


class PublicityQuerySet(PlacedQuerySet):
    def published(self) -> Self:
        """Everything on show or shown is public; withdrawn notices keep title and reason."""
        return self


class Publicity(PlacedModel):
    """A frozen snapshot on public show for a period, open to objections."""

    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=160)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    rows = models.JSONField(_("content"))
    rows_sha256 = models.CharField(max_length=64)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=12, choices=PublicityState, default=PublicityState.RUNNING
    )
    withdrawn_reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField()

    objects = PublicityQuerySet.as_manager()

    class Meta:
        verbose_name = _("publicity")
        verbose_name_plural = _("publicity")
        indexes = [models.Index(fields=["state", "ends_on"], name="flow_publicity_running")]
        constraints = [
            models.CheckConstraint(
                name="flow_publicity_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_(
                    "The show ends before it begins. Change one of the days."
                ),
            ),
            models.CheckConstraint(
                name="flow_publicity_withdrawn_with_reason",
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                violation_error_message=_("Say why the notice is withdrawn."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, actor: Actor) -> Self:
        """Objections to notices of the actor's reach."""
        return self.filter(publicity__in=Publicity.objects.visible_to(actor))


class Objection(models.Model):
    """What somebody says against something on show, and the answer."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="objections")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(_("objection"), max_length=2000)
    raised_at = models.DateTimeField()
    state = models.CharField(
        _("state"), max_length=12, choices=ObjectionState, default=ObjectionState.RECEIVED
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.CheckConstraint(
                name="flow_objection_answered_with_words",
                condition=Q(state="received", answered_at__isnull=True)
                | (~Q(state="received") & ~Q(answer="") & Q(answered_at__isnull=False)),
                violation_error_message=_("Write the answer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.publicity}: {self.get_state_display()}"
