"""A post that should have a place and has none sees nothing, also not rows without a place."""

import pytest

from anju.core.actors import Actor, ActorKind, Reach
from anju.flow.models import Publicity
from anju.registry.models import Community

REACHES = [Reach.DISTRICT, Reach.SUBDISTRICT, Reach.COMMITTEE]


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("model", [Publicity, Community])
def test_a_missing_place_never_matches_a_missing_place(model, reach):
    actor = Actor(kind=ActorKind.USER, role="district_clerk", reach=reach, user_id=1)
    assert " IS NULL" not in str(model.objects.visible_to(actor).query)
