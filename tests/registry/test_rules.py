"""Arithmetic of the register against worked examples and generated ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.registry import rules

shares = st.lists(
    st.integers(1, 400).flatmap(lambda d: st.tuples(st.integers(1, d), st.just(d))), max_size=8
)


@given(shares)
def test_shares_are_summed_exactly(given_shares):
    num, den = rules.shares_sum(given_shares)
    assert Fraction(num, den) == sum((Fraction(n, d) for n, d in given_shares), Fraction(0))


@given(st.integers(1, 60))
def test_equal_shares_are_whole_and_one_less_is_not(n):
    assert rules.shares_are_whole([(1, n)] * n)
    assert not rules.shares_are_whole([(1, n)] * (n - 1))


@pytest.mark.parametrize("share", [(0, 1), (2, 1), (-1, 2)])
def test_a_share_lies_above_zero_and_up_to_one(share):
    with pytest.raises(ValueError, match="share"):
        rules.shares_sum([share])


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=6))
def test_split_and_merge_keep_the_area(parts):
    whole = rules.merged_area(parts)
    assert rules.split_is_exact(whole, parts)
    assert not rules.split_is_exact(whole + 1, parts)


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y43", "914403001922038216", "9144030071526726XG", "91330100799655058B"],
)
def test_credit_codes_of_the_brief_are_valid(code):
    assert rules.uscc_check(code[:17]) == code[17]
    assert rules.uscc_is_valid(code)


def test_a_credit_code_with_another_check_character_is_refused():
    assert not rules.uscc_is_valid("91350100M000100Y4Z")
    assert not rules.uscc_is_valid("91350100M000100Y42")
    assert not rules.uscc_is_valid("9135")
    assert not rules.uscc_is_valid("91350100I000100Y43")


def test_identity_numbers_follow_gb_11643():
    assert rules.identity_is_valid("11010519491231002X")  # the example of the standard
    assert rules.identity_is_valid("11010519491231002x")
    assert not rules.identity_is_valid("110105194912310021")
    assert not rules.identity_is_valid("11010519490231002X")  # 31 February


@given(st.integers(0, 999), st.integers(0, 9), st.integers(0, 16))
def test_one_wrong_digit_of_an_identity_number_is_found(serial, other, place):
    first = f"32030119900101{serial:03d}"
    number = first + rules.identity_check(first)
    if number[place] != str(other):
        wrong = number[:place] + str(other) + number[place + 1 :]
        assert rules.identity_check(wrong[:17]) != wrong[17]


def test_masks_hide_the_middle():
    assert rules.mask_identity("320301199001011234") == "3203************34"
    assert rules.mask_phone("13800138000") == "138****8000"
    assert rules.mask_name("王小明") == "王*明"
    assert rules.mask_name("王明") == "王*"
    assert rules.mask_phone("12345") == "1****"


def test_numbers_sort_as_people_count():
    numbers = ["10", "2", "1", "102", "11A"]
    assert sorted(numbers, key=rules.natural_key) == ["1", "2", "10", "11A", "102"]


@pytest.mark.parametrize(
    ("typed", "place", "numbers"),
    [
        ("阳光花园3-2-501", "阳光花园", ("3", "2", "501")),
        ("阳光花园 3幢2单元501室", "阳光花园", ("3", "2", "501")),
        ("阳光花园3号楼2单元501", "阳光花园", ("3", "2", "501")),
        ("阳光花园 3 2 501", "阳光花园", ("3", "2", "501")),
        ("阳光花园", "阳光花园", ()),
        ("yghy3-501", "yghy", ("3", "501")),
        ("阳", "阳", ()),
        ("", "", ()),
    ],
)
def test_an_address_is_split_into_place_and_numbers(typed, place, numbers):
    found = rules.address_parts(typed)
    assert (found.place, found.numbers) == (place, numbers)


@given(st.text(max_size=60))
def test_any_text_can_be_searched(text):
    rules.address_parts(text)
    rules.query_keys(text)
    rules.search_keys([text])
    rules.natural_key(text)


@pytest.mark.parametrize("typed", ["阳光", "光", "yang", "yg", "ygh", "花园", "gh"])
def test_a_name_is_found_by_part_pinyin_and_initials(typed):
    keys = set(rules.search_keys(["阳光花园"]))
    assert any(set(wanted) <= keys for wanted in rules.query_keys(typed))


def test_phones_are_normal():
    assert rules.phone_normal("+86 138-0013-8000") == "13800138000"
    assert rules.phone_is_valid("0516-83712345")
    assert rules.phone_is_valid("13800138000")
    assert not rules.phone_is_valid("1380013")
    assert not rules.phone_is_valid("电话")
