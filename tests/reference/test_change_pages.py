"""Officials change areas by page; anybody reads a past day; maps get their ground."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju.access.states import Role
from anju.core.time import legal_day
from anju.reference import services
from anju.reference.models import Area, AreaChange, Backdrop
from tests.factories.access import make_post
from tests.factories.reference import make_actor, make_city

pytestmark = pytest.mark.django_db
FACTS = {"effective_on": "2026-01-10", "document": "云政发〔2026〕1号", "source": "市政府"}


def client_as(role: Role) -> Client:
    client = Client()
    client.cookies["anju_language"] = "en"
    client.force_login(make_post(role=role).user)
    return client


def test_a_clerk_looks_proposes_and_a_confirmer_confirms_by_page() -> None:
    places = make_city()
    clerk, confirmer = client_as(Role.DESK_CLERK), client_as(Role.DESK_CONFIRMER)
    street = places["subdistrict_a"]
    address = reverse("reference:area_change_propose", args=[street.pk, "move"])
    assert address in clerk.get(reverse("reference:area_detail", args=[street.pk])).text
    data = FACTS | {"parent": places["district_b"].pk}
    looked = clerk.post(address, data | {"do": "preview"})
    assert looked.status_code == 200
    assert "2 areas would lie elsewhere" in looked.text
    assert not AreaChange.objects.exists()
    done = clerk.post(address, data | {"do": "propose"})
    change = AreaChange.objects.get()
    page = reverse("reference:change", args=[change.pk])
    assert done.headers["Location"] == page
    assert clerk.post(page, {"do": "confirm"}).status_code == 422
    assert confirmer.post(page, {"do": "refuse", "note": ""}).status_code == 422
    assert confirmer.post(page, {"do": "dance"}).status_code == 422
    assert confirmer.post(page, {"do": "confirm"}).status_code == 303
    street.refresh_from_db()
    assert street.district == places["district_b"]
    assert "河湾区 → 石桥区" in clerk.get(reverse("reference:change_list")).text
    undo = reverse("reference:change_undo", args=[change.pk])
    assert undo in clerk.get(page).text
    assert (
        clerk.post(undo, FACTS | {"effective_on": "2026-01-10", "do": "propose"}).status_code == 422
    )
    assert (
        clerk.post(undo, FACTS | {"effective_on": "2026-02-10", "do": "propose"}).status_code == 303
    )
    assert undo not in clerk.get(page).text


@pytest.mark.parametrize(
    "name", ["rename", "recode", "move", "merge", "split", "found", "dissolve"]
)
def test_each_form_opens_and_names_what_is_missing(name: str) -> None:
    places = make_city()
    address = reverse("reference:area_change_propose", args=[places["subdistrict_a"].pk, name])
    clerk = client_as(Role.DESK_CLERK)
    assert clerk.get(address).status_code == 200
    refused = clerk.post(address, {"do": "propose"})
    assert refused.status_code == 422
    for words in ("Write the number of the document.", "Name the document the change rests on."):
        assert words in refused.text
    assert not AreaChange.objects.exists()
    assert client_as(Role.SUBDISTRICT_CLERK).get(address).status_code == 403


def test_an_unknown_change_and_an_ended_area_are_not_found() -> None:
    places = make_city()
    clerk = client_as(Role.DESK_CLERK)
    area = places["subdistrict_a"]
    assert clerk.get(f"/places/{area.pk}/change/explode/").status_code == 404
    Area.objects.filter(pk=area.pk).update(valid_to=date(2026, 1, 1))
    assert clerk.get(f"/places/{area.pk}/change/rename/").status_code == 404
    assert "no more since" in clerk.get(f"/places/{area.pk}/").text


def test_a_past_day_shows_the_tree_of_that_day() -> None:
    places = make_city()
    clerk = client_as(Role.DESK_CLERK)
    draft = services.Draft(
        kind="renamed", area=places["district_a"], plan={"name": "新湾区"},
        effective_on=date(2026, 1, 10), document="1号", source="市政府",
    )  # fmt: skip
    change = services.change_propose(
        actor=make_actor("reference:area_propose", user_id=91), draft=draft, at=timezone.now()
    )
    services.change_confirm(
        actor=make_actor("reference:area_change", user_id=92), change=change, at=timezone.now()
    )
    tree, detail = "/places/", f"/places/{places['district_a'].pk}/"
    assert "新湾区" in clerk.get(tree).text
    then = clerk.get(tree, {"on": "2026-01-09"})
    assert "河湾区" in then.text
    assert "新湾区" not in then.text
    page = clerk.get(detail, {"on": "2026-01-09"}).text
    assert "河湾街道" in page
    assert "Name today" in page
    assert "did not exist" in clerk.get(detail, {"on": "2019-12-31"}).text
    later = (legal_day(timezone.now()) + timedelta(days=2)).isoformat()
    for wrong, words in (("soon", "year-month-day"), (later, "still to come"), ("1-1-1", "1900")):
        for address in (tree, detail):
            answer = clerk.get(address, {"on": wrong})
            assert answer.status_code == 200
            assert words in answer.text


SQUARE = {"type": "Polygon", "coordinates": [[[117, 34], [117.1, 34], [117.1, 34.1], [117, 34]]]}


def test_outlines_come_once_and_compressed(client: Client) -> None:
    places = make_city()
    services.boundary_set(
        actor=make_actor("reference:area_change"), area=places["district_a"], geometry=SQUARE,
        grid="wgs84", source="map", as_of=date(2024, 1, 1), at=timezone.now(),
    )  # fmt: skip
    address = reverse("reference:boundaries")
    first = client.get(address, {"level": 1}, headers={"accept-encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["Vary"]
    assert len(json.loads(gzip.decompress(first.content))["features"]) == 1
    again = client.get(address, {"level": 1}, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(address, {"level": 1, "within": places["district_b"].pk})
    assert "Content-Encoding" not in plain.headers
    assert plain.json()["features"] == []
    assert client.get(address, {"within": "x"}).status_code == 422
    # Another outline is another answer.
    services.boundary_set(
        actor=make_actor("reference:area_change"), area=places["district_b"], geometry=SQUARE,
        grid="wgs84", source="map", as_of=date(2024, 1, 1), at=timezone.now(),
    )  # fmt: skip
    fresh = client.get(address, {"level": 1}, headers={"if-none-match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert len(fresh.json()["features"]) == 2


def test_the_ground_is_finer_from_near(client: Client) -> None:
    def street(level: int, *corners: list[float]) -> dict:
        shape = {"type": "LineString", "coordinates": list(corners)}
        return {
            "type": "Feature",
            "properties": {"kind": "street", "level": level, "name": ""},
            "geometry": shape,
        }

    Backdrop.objects.create(
        features=[
            street(1, [117.0, 34.0], [117.1, 34.00001], [117.2, 34.0]),
            street(3, [117.0, 34.1], [117.1, 34.1]),
            street(4, [117.05, 34.0], [117.05, 34.1]),
        ],
        source="map",
        as_of=date(2024, 1, 1),
    )
    address = reverse("reference:backdrop")
    far = client.get(address, {"detail": 1}).json()["features"]
    assert [len(one["geometry"]["coordinates"]) for one in far] == [2]  # the bend is below a point
    assert len(client.get(address, {"detail": 2}).json()["features"]) == 2
    near = client.get(address, {"detail": 3, "box": "117.04,34.04,117.06,34.06"}).json()["features"]
    assert [one["properties"]["level"] for one in near] == [4]
    for wrong in ({"detail": 9}, {"detail": 3}, {"detail": 3, "box": "1,2"},
                  {"detail": 3, "box": "0,0,9,9"}, {"detail": 3, "box": "a,b,c,d"}):  # fmt: skip
        assert client.get(address, wrong).status_code == 422
