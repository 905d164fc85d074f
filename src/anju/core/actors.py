"""The actor: in whose name something is read or done, and how far that person sees.

An actor is built once per request by ``access`` (or once per job) and passed down by keyword.
It is a plain value: nothing below ``access`` needs a table to decide what may be seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """What stands behind the actor."""

    ANONYMOUS = "anonymous"
    USER = "user"
    SYSTEM = "system"
    PARTNER = "partner"


class Reach(StrEnum):
    """How far the actor sees business rows."""

    NOTHING = "nothing"
    PUBLIC = "public"
    OWN = "own"  # the homes bound to the user
    PROJECTS = "projects"  # those of the organisation's projects that the user leads
    COMPANY = "company"  # the projects of the actor's organisation
    COMMITTEE = "committee"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"
    CITY = "city"


OF_A_COMPANY = frozenset({Reach.COMPANY, Reach.PROJECTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Elevation:
    """Rows an operator may see for a short while, each named ``app.model:pk``."""

    id: int
    rows: frozenset[str]
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person at a post, a partner system, a job, or nobody in particular."""

    kind: ActorKind
    role: str
    reach: Reach
    permissions: frozenset[str] = field(default_factory=frozenset)
    user_id: int | None = None
    post_id: int | None = None
    organisation_id: int | None = None
    area_id: int | None = None  # reference.Area of the post, None for the whole city
    area_name: str = ""
    # Rows of the place are being moved in the background: scope asks their areas, not the rows.
    area_unsettled: bool = False
    name: str = ""
    elevation: Elevation | None = None

    def can(self, permission: str) -> bool:
        """Whether the actor's role holds the permission (scope is asked separately)."""
        return permission in self.permissions

    @property
    def label(self) -> str:
        """Short identification for history and audit rows; carries no personal data."""
        if self.kind is ActorKind.USER:
            return f"user:{self.user_id}/post:{self.post_id or '-'}"
        if self.kind is ActorKind.PARTNER:
            return f"partner:{self.organisation_id}"
        return str(self.kind)


SYSTEM = Actor(kind=ActorKind.SYSTEM, role="system", reach=Reach.CITY, name="system")
