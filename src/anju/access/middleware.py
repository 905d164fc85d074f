"""Names the actor of each request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from anju.core.actors import Actor

from .queries import ANONYMOUS, actor_for, may_work_as_owner, posts_of

POST_KEY = "anju_post"  # the post chosen, or OWNER
OWNER = "owner"
HOME_KEY = "anju_home"  # the home chosen, when one works for oneself
IDLE_KEY = "anju_idle"  # seconds after which the sign-in ends unused
SEEN_KEY = "anju_seen"
SEEN_EVERY = 60


class ActorMiddleware:
    """Puts ``request.actor``; ends a sign-in left alone for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            end_when_idle(request)
        request.actor = SimpleLazyObject(lambda: actor_of_session(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def actor_of_session(request: HttpRequest) -> Actor:
    """The person signed in, at the post chosen in the session, or the first one held."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    at = timezone.now()
    posts = posts_of(user, at=at)
    chosen = request.session.get(POST_KEY)
    home = request.session.get(HOME_KEY)
    if chosen == OWNER and may_work_as_owner(posts):
        return actor_for(user, None, at, home=home)
    post = next((post for post in posts if post.pk == chosen), posts[0] if posts else None)
    return actor_for(user, post, at, home=home)


def end_when_idle(request: HttpRequest) -> None:
    """Sign out when nothing came for longer than the sign-in allows."""
    limit = request.session.get(IDLE_KEY)
    if not limit:
        return
    now = int(timezone.now().timestamp())
    seen = request.session.get(SEEN_KEY, now)
    if now - seen > limit:
        logout(request)
    elif now - seen >= SEEN_EVERY:
        request.session[SEEN_KEY] = now
