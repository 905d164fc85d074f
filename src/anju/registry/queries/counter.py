"""Reads of the counter: possible witnesses, phones that several people have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from anju.access.models import Post
from anju.access.permissions import OFFICIALS
from anju.core.actors import Actor

from ..models import Person, Unit

SHARED_SHOWN = 200


def witnesses(actor: Actor, unit: Unit, *, day: date) -> list[Post]:
    """Posts of other officials that reach a home, the actor's own office first."""
    places = [
        p for p in (unit.area_id, unit.committee_id, unit.subdistrict_id, unit.district_id) if p
    ]
    posts = (
        Post.objects.valid_on(day)
        .filter(role__in=OFFICIALS, user__is_active=True)
        .filter(
            Q(area_id__in=places)
            | Q(area__level=0)
            | Q(area=None, organisation__area_id__in=places)
            | Q(area=None, organisation__area__level=0)
        )
        .exclude(user_id=actor.user_id or 0)
        .select_related("user", "organisation")
        .order_by("organisation__sort_key", "user__full_name")[:200]
    )
    return sorted(posts, key=lambda post: post.organisation_id != actor.organisation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPhone:
    """A phone in several people's files; ``hidden`` of them lie outside the actor's reach."""

    mask: str
    people: list[Person]
    hidden: int


def shared_phones(actor: Actor) -> list[SharedPhone]:
    """Phones that two or more people have, of whom the actor sees one at least."""
    with connection.cursor() as cursor:
        # Walks the index of phones in order; no table is read.
        cursor.execute(
            "SELECT phone_hash, count(*) FROM registry_person WHERE phone_hash IS NOT NULL"
            " GROUP BY phone_hash HAVING count(*) > 1 ORDER BY phone_hash LIMIT %s",
            [SHARED_SHOWN * 5],
        )
        counts = {bytes(phone): n for phone, n in cursor.fetchall()}
    seen: dict[bytes, list[Person]] = {}
    rows = Person.objects.visible_to(actor).filter(phone_hash__in=list(counts))
    for person in rows.order_by("sort_key", "pk"):
        seen.setdefault(bytes(person.phone_hash or b""), []).append(person)
    found = [
        SharedPhone(mask=people[0].phone_mask, people=people, hidden=counts[key] - len(people))
        for key, people in seen.items()
    ]
    return sorted(found, key=lambda one: one.people[0].sort_key)[:SHARED_SHOWN]


def sharers(actor: Actor, person: Person) -> list[Person]:
    """Everybody within reach who has this person's phone, the person included."""
    if not person.phone_hash:
        return []
    rows = Person.objects.visible_to(actor).filter(phone_hash=bytes(person.phone_hash))
    return list(rows.order_by("sort_key", "pk"))
