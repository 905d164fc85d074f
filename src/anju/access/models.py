"""Accounts, organisations, posts, sign-ins, elevations and partner keys."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.text import fold, initials, pinyin, sort_key
from anju.reference.models import Area

from .rules import ELEVATION_MINUTES
from .states import ElevationState, OrganisationKind, Role, SignInWay


def _sees(actor: Actor, permission: str) -> bool:
    return actor.can(permission)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for those who keep or supervise them, else one's own and its branches."""
        if _sees(actor, "access:organisation_view"):
            return self
        if actor.organisation_id is None:
            return self.none()
        return self.filter(Q(pk=actor.organisation_id) | Q(parent_id=actor.organisation_id))

    def named(self, words: str) -> Self:
        """Organisations whose name, pinyin or initials hold the words."""
        words = fold(words)
        return self.filter(search_key__contains=words) if words else self


class Organisation(models.Model):
    """A body in whose service people work."""

    kind = models.CharField(_("kind"), max_length=24, choices=OrganisationKind)
    name = models.CharField(_("name"), max_length=120)
    sort_key = models.CharField(max_length=320, editable=False)
    search_key = models.TextField(editable=False, default="", db_default="")
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("belongs to"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                "kind",
                "name",
                Coalesce("parent", Value(0, output_field=models.BigIntegerField())),
                condition=Q(closed_on__isnull=True) & ~Q(kind="company"),
                name="access_organisation_name_once",
                violation_error_message=_("An organisation of this kind and name is listed."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="access_organisation_not_its_own_branch",
                violation_error_message=_("An organisation is not its own branch."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort and search keys in step with the name."""
        self.sort_key, self.search_key = name_keys(self.name)
        if (fields := kwargs.get("update_fields")) and "name" in fields:
            kwargs["update_fields"] = {*fields, "sort_key", "search_key"}
        super().save(*args, **kwargs)

    @property
    def journal_label(self) -> str:
        return self.name


def name_keys(name: str) -> tuple[str, str]:
    """Sort key and search key of a name; for rows written past ``save`` (COPY)."""
    return sort_key(name), f"{fold(name)} {pinyin(name)} {initials(name)}"


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: Actor) -> Self:
        """All accounts for those who keep them, else one's own."""
        if _sees(actor, "access:account_view"):
            return self
        return self.filter(pk=actor.user_id) if actor.user_id else self.none()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. It is not a resident and not an owner: those are bound to it with a reason."""

    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    phone = models.CharField(_("sign-in phone"), max_length=20, null=True, blank=True, unique=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    full_name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    lock_reason = models.CharField(_("why it is locked"), max_length=300, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.full_name

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"


class OldPassword(models.Model):
    """A hash a password once had, so that the last five are not taken again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="old_passwords")
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier password")
        verbose_name_plural = _("earlier passwords")

    def __str__(self) -> str:
        return f"#{self.pk}"


def _number_range(expression: Any) -> Func:
    """A range of one number: lets an exclusion constraint compare it without an extension."""
    return Func(expression, expression, Value("[]"), function="int8range")


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, actor: Actor) -> Self:
        """All posts for those who keep them, those of one's organisation, or one's own."""
        if _sees(actor, "access:post_view"):
            return self
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def valid_on(self, day: date) -> Self:
        """Posts held on a legal day of Asia/Shanghai; the last day is ``valid_to`` − 1."""
        return self.filter(valid_from__lte=day).exclude(valid_to__lte=day)


class Post(models.Model):
    """A person in an organisation, at a place, in a role, from day to day.

    ``valid_to`` is the first day the post is no longer held. The database keeps the three
    administrators apart (migration 0002).
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("account"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("reason for the end"), max_length=300, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="access_post_valid_order",
                violation_error_message=_("A post ends on or after the day it begins."),
            ),
            ExclusionConstraint(
                name="access_post_once_at_a_time",
                expressions=[
                    (_number_range(F("user_id")), RangeOperators.OVERLAPS),
                    (_number_range(F("organisation_id")), RangeOperators.OVERLAPS),
                    (
                        _number_range(
                            Coalesce("area_id", Value(0, output_field=models.BigIntegerField()))
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        _number_range(
                            Func(F("role"), function="hashtext", output_field=models.IntegerField())
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person holds this post already in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_role_display()}"

    @property
    def journal_label(self) -> str:
        return f"#{self.user_id} {self.role}"

    def is_valid_on(self, day: date) -> bool:
        """Whether it is held on a legal day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def last_day(self) -> date | None:
        """The last day it is held."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; every one for those who watch over sign-ins."""
        if _sees(actor, "access:signin_view"):
            return self
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()


class SignIn(models.Model):
    """One sign-in, from a device, until it was ended."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True, null=True, editable=False)
    way = models.CharField(_("how"), max_length=16, choices=SignInWay)
    device = models.CharField(_("device"), max_length=120, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True)
    started_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [models.Index(fields=["user", "-started_at"], name="access_signin_of_user")]

    def __str__(self) -> str:
        return self.device

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"


class ElevationQuerySet(models.QuerySet["Elevation"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for administrators and whoever decides, else one's own."""
        if _sees(actor, "access:elevation_view"):
            return self
        return self.filter(asked_by_id=actor.user_id) if actor.user_id else self.none()

    def running_at(self, at: datetime) -> Self:
        """Approved and not yet over."""
        return self.filter(state=ElevationState.APPROVED, decided_at__lte=at, ends_at__gt=at)


class Elevation(models.Model):
    """An operator's look at named rows: asked with a reason, approved by another, 30 minutes."""

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="elevations")
    reason = models.CharField(_("reason"), max_length=500)
    rows = ArrayField(models.CharField(max_length=80), verbose_name=_("rows"), size=50)
    state = models.CharField(
        _("state"), max_length=12, choices=ElevationState, default=ElevationState.ASKED
    )
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    objects = ElevationQuerySet.as_manager()

    class Meta:
        verbose_name = _("elevation")
        verbose_name_plural = _("elevations")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="access_elevation_two_persons",
                violation_error_message=_("Another person decides than the one who asks."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "ended"])
                | Q(
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    ends_at__isnull=False,
                    ends_at__lte=F("decided_at") + timedelta(minutes=ELEVATION_MINUTES),
                ),
                name="access_elevation_is_short",
                violation_error_message=_("An elevation ends after at most 30 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"#{self.pk}"

    @property
    def row_words(self) -> list[str]:
        """The named rows in the reader's language: kind and number, not what they hold."""
        named = (row.split(":") for row in self.rows)
        return [f"{apps.get_model(label)._meta.verbose_name} {pk}" for label, pk in named]


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for who issues them, else those of one's organisation."""
        if _sees(actor, "access:key_issue"):
            return self
        return self.none()


class ApiKey(models.Model):
    """A partner's key. Only its hash is kept; the prefix tells keys apart."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="api_keys", verbose_name=_("organisation")
    )
    name = models.CharField(_("used for"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, unique=True)
    key_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("may"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner key")
        verbose_name_plural = _("partner keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="access_apikey_expires",
                violation_error_message=_("A key expires after it is issued."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def journal_label(self) -> str:
        return f"{self.prefix}…"
