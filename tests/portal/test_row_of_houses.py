"""The row of houses never shows a light that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.portal import rules


@given(st.integers(0, 5000), st.data(), st.sampled_from([1, 10, 100]))
def test_lights_never_claim_more_than_is_so(communities, data, size):
    served = data.draw(st.integers(0, communities))
    lit, whole = rules.windows(communities=communities, served=served, size=size)
    assert 0 <= lit <= whole
    assert lit * size <= served or served == communities
    assert (lit == whole) == (served == communities) or whole * size > communities


@given(st.integers(0, 200_000))
def test_no_house_is_higher_than_the_tallest(largest):
    size = rules.window_size(largest)
    assert -(-largest // size) <= rules.TALLEST
    assert size == 1 or largest > rules.TALLEST * size // 10


@given(st.integers(0, 40), st.data())
def test_a_house_draws_every_window_once(whole, data):
    lit = data.draw(st.integers(0, whole))
    drawn = rules.house(lit=lit, whole=whole, left=12, ground=217)
    assert len({(x, y) for x, y, _lit in drawn.squares}) == whole
    assert sum(is_lit for _x, _y, is_lit in drawn.squares) == lit
    assert all(drawn.roof < y < 217 for _x, y, _lit in drawn.squares)


def test_more_served_than_there_are_is_a_mistake():
    with pytest.raises(ValueError, match="served"):
        rules.windows(communities=1, served=2, size=1)
