"""People. Identity numbers and phones are stored encrypted and found by keyed hash."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from anju.core.actors import OF_A_COMPANY, Actor, Reach
from anju.reference.models import Area

from ..states import IdKind, PersonState
from .base import Today, sort_field


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> Self:
        """People who own a unit, lead a project or were registered within the actor's reach.

        A company sees its managers and staff of today.
        """
        from .bindings import HomeBinding
        from .managers import Manager
        from .owners import Ownership
        from .projects import Project

        if actor.elevation is not None:
            rows = actor.elevation.rows
            keys = [r.split(":")[1] for r in rows if r.startswith("registry.person:")]
            return self.filter(pk__in=keys)
        level = {
            Reach.DISTRICT: "district_id",
            Reach.SUBDISTRICT: "subdistrict_id",
            Reach.COMMITTEE: "committee_id",
        }.get(actor.reach)
        if actor.reach is Reach.CITY:
            return self
        if level is not None:
            place = actor.area_id or 0
            owns = Ownership.objects.filter(person_id=OuterRef("pk"), **{f"unit__{level}": place})
            entered = Person.objects.filter(
                Q(registered_in=place) | Q(**{f"registered_in__{level}": place})
            )
            served = Project.objects.filter(period__contains=Today(), **{level: place})
            leads = Manager.objects.filter(
                assignments__period__contains=Today(), assignments__project__in=served.values("pk")
            )
            return self.filter(
                Exists(owns) | Q(pk__in=entered.values("pk")) | Q(pk__in=leads.values("person_id"))
            )
        if actor.reach in OF_A_COMPANY:
            works = Q(
                employments__company__organisation_id=actor.organisation_id or 0,
                employments__period__contains=Today(),
            ) | Q(
                manager__employments__company__organisation_id=actor.organisation_id or 0,
                manager__employments__period__contains=Today(),
            )
            return self.filter(pk__in=Person.objects.filter(works).values("pk"))
        if actor.reach is Reach.OWN:
            return self.filter(
                pk__in=HomeBinding.objects.active()
                .filter(user_id=actor.user_id or 0)
                .values("person_id")
            )
        return self.none()


class Person(models.Model):
    """A natural person. In clear only the name; the rest opens with a logged reason."""

    is_elevatable = True  # an operator's elevation may name a person, who has no place

    name = models.CharField(_("name"), max_length=60)
    sort_key = sort_field()
    # For search: pinyin syllables with blanks ("wang xiao ming") and their first letters.
    pinyin = models.CharField(max_length=200, editable=False, db_collation="C", default="")
    initials = models.CharField(max_length=60, editable=False, db_collation="C", default="")
    id_kind = models.CharField(
        _("kind of identity paper"), max_length=16, choices=IdKind, default=IdKind.RESIDENT
    )
    id_cipher = models.BinaryField(null=True, editable=False)
    id_hash = models.BinaryField(max_length=32, null=True, editable=False)
    id_mask = models.CharField(_("identity number"), max_length=24, blank=True, editable=False)
    phone_cipher = models.BinaryField(null=True, editable=False)
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    phone_mask = models.CharField(_("phone"), max_length=24, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=PersonState, default="active")
    # The place of the post that registered the person: its officials see whom they entered.
    registered_in = models.ForeignKey(
        Area, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["sort_key"], name="registry_person_sort"),
            models.Index(
                fields=["phone_hash"],
                name="registry_person_phone",
                condition=Q(phone_hash__isnull=False),
            ),
            models.Index(
                fields=["registered_in"],
                name="registry_person_entered",
                condition=Q(registered_in__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_hash"],
                name="registry_person_id_hash",
                violation_error_message=_("A person with this identity number is on file."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_label(self) -> str:
        # Audit rows outlive an erasure, so they name the person by number only.
        return f"#{self.pk}"


class PersonKey(models.Model):
    """The data key of one person, wrapped by the key outside the database.

    Deleting the row makes the person's numbers unreadable everywhere, backups and history too.
    """

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="data_key")
    key_id = models.CharField(max_length=16)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("data key")
        verbose_name_plural = _("data keys")

    def __str__(self) -> str:
        return self.key_id
