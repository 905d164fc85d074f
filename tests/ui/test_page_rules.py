"""Who may open a page, and what the others see."""

from __future__ import annotations

import pytest
from django.db import InternalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from anju.core.actors import Actor, ActorKind, Reach
from anju.core.errors import Conflict, InvalidInput, NotFound, Refused
from anju.ui.pages import NOBODY, page

CLERK = Actor(
    kind=ActorKind.USER,
    role="desk_clerk",
    reach=Reach.CITY,
    user_id=1,
    permissions=frozenset({"registry:community_view"}),
)


def ask(view, actor: Actor, method: str = "get", **headers: str) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/somewhere/?q=1", headers=headers)
    request.actor = actor
    return view(request)


def shown(request: HttpRequest) -> HttpResponse:
    return HttpResponse("shown")


def test_a_page_says_exactly_one_of_the_three():
    with pytest.raises(ValueError, match="public"):
        page()
    with pytest.raises(ValueError, match="public"):
        page(public=True, signed_in=True)


def test_a_visitor_is_sent_to_sign_in_and_comes_back(db):
    view = page(signed_in=True)(shown)
    answer = ask(view, NOBODY)
    assert answer.status_code == 302
    assert answer.url.endswith("?next=/somewhere/%3Fq%3D1")
    assert "no-store" in answer["Cache-Control"]


def test_a_visitor_inside_a_swap_is_sent_whole(db):
    view = page(signed_in=True)(shown)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://evil.example/x"}
    answer = ask(view, NOBODY, **headers)
    assert answer.status_code == 401
    assert "evil" not in answer["HX-Redirect"]


def test_the_right_opens_the_page_and_only_its_methods(db):
    view = page(permission="registry:community_view")(shown)
    assert ask(view, CLERK).content == b"shown"
    assert ask(view, CLERK, "head").status_code == 200
    assert ask(view, CLERK, "post").status_code == 405
    assert view.page.permission == "registry:community_view"


def test_a_get_cannot_write(db):
    def writes(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reference_area SET name = name")
        return HttpResponse()

    with pytest.raises(InternalError, match="read-only"):
        ask(page(public=True)(writes), CLERK)
    assert ask(page(public=True, journals=True)(writes), CLERK).status_code == 200


def test_private_pages_are_not_stored_and_public_ones_may_be(db):
    assert "no-store" in ask(page(signed_in=True)(shown), CLERK)["Cache-Control"]
    public = page(public=True, cache_seconds=60)(shown)
    assert ask(public, NOBODY)["Cache-Control"] == "public, max-age=60"
    assert "no-store" in ask(public, CLERK)["Cache-Control"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(Refused("not now"), 403), (NotFound("gone"), 404), (Conflict("changed"), 409)],
)
def test_a_refusal_becomes_a_page_with_its_sentence(db, error, status):
    def refuses(request: HttpRequest) -> HttpResponse:
        raise error

    view = page(public=True)(refuses)
    answer = ask(view, CLERK)
    assert answer.status_code == status
    assert error.sentence in answer.content.decode()
    part = ask(view, CLERK, **{"HX-Request": "true"})
    assert part.status_code == status
    assert error.sentence in part.content.decode()
    assert "<html" not in part.content.decode()


def test_input_names_every_field(db):
    def refuses(request: HttpRequest) -> HttpResponse:
        raise InvalidInput({"name": ["Name is missing."], "code": ["Code is wrong."]})

    answer = ask(page(public=True)(refuses), CLERK)
    assert answer.status_code == 422
    assert "Name is missing. Code is wrong." in answer.content.decode()


def test_a_right_somebody_lacks_is_403_and_nothing_runs(db):
    ran = []
    view = page(permission="registry:community_change")(lambda request: ran.append(1))
    assert ask(view, CLERK).status_code == 403
    assert ran == []
