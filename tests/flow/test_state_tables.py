"""A state table refuses what it does not list and never leads nowhere."""

import pytest
from django.db.models import TextChoices
from hypothesis import given
from hypothesis import strategies as st

from anju.core.decisions import Denied
from anju.flow.states import Flow, Move


class Light(TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"
    OFF = "off", "Off"


def move(name: str, source: set[str], target: str) -> Move:
    return Move(name=name, label=name, source=frozenset(source), target=target, permission="x:y")


FLOW = Flow(
    name="light",
    states=Light,
    first=Light.RED,
    moves=(
        move("go", {Light.RED}, Light.GREEN),
        move("stop", {Light.GREEN}, Light.RED),
        move("switch_off", {Light.RED, Light.GREEN}, Light.OFF),
    ),
    closed=frozenset({Light.OFF}),
)


def test_a_refusal_names_the_move_and_the_state():
    verdict = FLOW.check(Light.OFF, "go")
    assert isinstance(verdict, Denied)
    assert "go" in str(verdict.reason)
    assert "Off" in str(verdict.reason)


def test_a_state_that_no_move_leads_to_is_a_mistake():
    with pytest.raises(ValueError, match="no way to"):
        Flow(
            name="bad", states=Light, first=Light.RED, moves=(move("go", {Light.RED}, Light.GREEN),)
        )


def test_two_moves_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match="two moves"):
        Flow(name="bad", states=Light, first=Light.RED, moves=(*FLOW.moves, FLOW.moves[0]))


@given(st.lists(st.sampled_from([m.name for m in FLOW.moves]), max_size=30))
def test_whatever_is_tried_the_state_is_one_of_the_table(names: list[str]):
    state = str(FLOW.first)
    for name in names:
        if FLOW.check(state, name):
            assert FLOW.move(name) in list(FLOW.open_from(state))
            state = str(FLOW.move(name).target)
        else:
            assert FLOW.move(name) not in list(FLOW.open_from(state))
        assert state in Light.values
    if state == Light.OFF:
        assert not list(FLOW.open_from(state))


def test_the_diagram_draws_every_arrow():
    drawn = FLOW.diagram()
    assert drawn.count("-->") == 1 + 4 + 1
    assert "red --> off: switch_off" in drawn
