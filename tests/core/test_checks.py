import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checks import generator, matrix, one_of, real_number, whole_number, whole_numbers


@pytest.mark.parametrize("value", [2, 10, np.int64(10), np.uint8(2), np.array(7)])
def test_whole_numbers_of_any_kind_become_ints(value):
    number = whole_number("size", value, 2, 10)
    assert type(number) is int
    assert number == value


@pytest.mark.parametrize("value", ["10", 2.5, 3.0, True, np.True_, None, [3], np.array([3]), float("nan")])
def test_what_is_no_whole_number_is_named_with_its_range(value):
    with pytest.raises(ValueError, match=r"^size must be a whole number from 2 to 1,000, got "):
        whole_number("size", value, 2, 1000)


@pytest.mark.parametrize(("value", "words"), [(1, "1"), (1001, "1,001"), (-5, "-5"), (10**30, f"{10**30:,}")])
def test_a_number_out_of_range_is_named_with_its_range(value, words):
    with pytest.raises(ValueError, match=rf"^size must be 2 to 1,000, got {words}$"):
        whole_number("size", value, 2, 1000)


@pytest.mark.parametrize("value", [10**5000, -(10**5000), 10**400], ids=["large", "negative", "writable"])
@pytest.mark.parametrize("check", [whole_number, real_number])
def test_a_number_that_python_does_not_write_is_out_of_range(check, value):
    with pytest.raises(ValueError, match=r"^size must be 2 to 10, got a number of more than 60 digits$"):
        check("size", value, 2, 10)


def test_sixty_digits_are_written_and_sixty_one_are_not():
    # 2 ** 200 is 1.6e60, the first of 61 digits that is not written; 10 ** 60 - 1 has 60.
    with pytest.raises(ValueError, match=r"got 9{3}(,9{3}){19}$"):
        whole_number("size", 10**60 - 1, 2, 10)
    with pytest.raises(ValueError, match=r"got a number of more than 60 digits$"):
        whole_number("size", 2**200, 2, 10)


def test_values_that_hold_such_a_number_are_named_by_their_kind():
    for refuse in (
        lambda: whole_number("size", [10**5000], 2, 10),
        lambda: real_number("size", [10**5000], 2, 10),
        lambda: one_of("size", [10**5000], ("a", "b")),
    ):
        with pytest.raises(ValueError, match=r"^size must be .*, got a list that is too long to write$"):
            refuse()
    with pytest.raises(ValueError, match=r"^size must be one of a, b, got a number of more than 60 digits$"):
        one_of("size", 10**5000, ("a", "b"))


def test_a_generator_is_returned(rng):
    assert generator(rng) is rng


@pytest.mark.parametrize("value", [None, 0, np.random, np.random.PCG64(0), np.random.default_rng])
def test_what_is_no_generator_is_refused(value):
    with pytest.raises(ValueError, match=r"^rng must be a numpy.random.Generator, such as .*, got "):
        generator(value)


def test_real_numbers_reach_both_ends_of_their_range():
    assert real_number("share", 0, 0, 1) == 0.0
    assert real_number("share", np.float32(1), 0, 1) == 1.0
    assert type(real_number("share", 1, 0, 1)) is float


@pytest.mark.parametrize("value", [-0.001, 1.001, float("nan"), float("inf"), float("-inf")])
def test_a_real_number_out_of_range_is_named_with_its_range(value):
    with pytest.raises(ValueError, match=rf"^share must be 0 to 1, got {value:g}$"):
        real_number("share", value, 0, 1)


@pytest.mark.parametrize("value", ["much", None, [1, 2], 1j])
def test_what_is_no_number_is_named_with_its_range(value):
    with pytest.raises(ValueError, match=rf"^share must be a number from 0 to 1, got {re.escape(repr(value))}$"):
        real_number("share", value, 0, 1)


def test_one_of_returns_the_choice():
    assert one_of("protocol", "b", ("a", "b")) == "b"


@pytest.mark.parametrize("value", ["", "A", "ab", None, 0, ["a"]])
def test_one_of_lists_the_choices(value):
    with pytest.raises(ValueError, match=rf"^protocol must be one of a, b, got {re.escape(repr(value))}$"):
        one_of("protocol", value, ("a", "b"))


@pytest.mark.parametrize("values", [[1, 5, 80], (1.0, 5.0, 80.0), np.array([1, 5, 80], dtype=np.uint8)])
def test_arrays_of_whole_numbers_become_integer_arrays(values):
    array = whole_numbers("ages", values, 1, 80)
    assert np.issubdtype(array.dtype, np.integer)
    assert array.tolist() == [1, 5, 80]


def test_an_empty_array_holds_whole_numbers():
    array = whole_numbers("ages", [], 1, 80)
    assert array.shape == (0,)
    assert np.issubdtype(array.dtype, np.integer)


@pytest.mark.parametrize(
    "values", [[1.5], [np.nan], [np.inf], [1.0, -np.inf], [1e300], ["1"], [True], [None], [1j], [2**70], [[1], [1, 2]]]
)
def test_arrays_of_anything_else_are_refused(values):
    with pytest.raises(ValueError, match=r"^ages must be (a |whole numbers from )?1 to 80, got "):
        whole_numbers("ages", values, 1, 80)


@pytest.mark.parametrize("kind", [bool, str, object, complex])
def test_an_empty_array_of_another_kind_is_refused(kind):
    with pytest.raises(ValueError, match=r"^ages must be whole numbers from 1 to 80, got values of type "):
        whole_numbers("ages", np.array([], dtype=kind), 1, 80)


def test_a_mask_is_no_array_of_whole_numbers():
    with pytest.raises(ValueError, match=r"^rows must be whole numbers from 0 to 1, got values of type bool$"):
        whole_numbers("rows", np.array([False, True]), 0, 1)


def test_ragged_rows_are_no_array_of_whole_numbers():
    with pytest.raises(ValueError, match=r"^ages must be whole numbers from 1 to 80, got list$"):
        whole_numbers("ages", [[1], [1, 2]], 1, 80)


def test_whole_numbers_may_have_a_shape():
    assert whole_numbers("counts", [[1.0, 2.0]], 0, 9, shape=(1, 2)).tolist() == [[1, 2]]
    for values in ([1, 2], [[1], [2]], 1, []):
        with pytest.raises(ValueError, match=rf"^counts must have shape \(1, 2\), got {re.escape(str(np.shape(values)))}$"):
            whole_numbers("counts", values, 0, 9, shape=(1, 2))


@pytest.mark.parametrize("values", [5, [[1, 2]], np.zeros((0, 2), dtype=int)])
def test_arrays_of_whole_numbers_have_one_dimension(values):
    with pytest.raises(ValueError, match=re.escape(f"ages must be one-dimensional, got shape {np.shape(values)}")):
        whole_numbers("ages", values, 1, 80)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1))
def test_arrays_out_of_range_are_named_with_both_their_ends(values):
    if min(values) >= 1 and max(values) <= 80:
        assert whole_numbers("ages", values, 1, 80).tolist() == values
    else:
        with pytest.raises(ValueError, match=rf"^ages must be 1 to 80, got {min(values):,} to {max(values):,}$"):
            whole_numbers("ages", values, 1, 80)


def test_a_matrix_of_ints_becomes_floats_and_float32_stays():
    assert matrix("m", [[1, 2], [3, 4]]).dtype == np.float64
    assert matrix("m", np.ones((2, 3), dtype=np.float32)).dtype == np.float32
    assert matrix("m", [[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, 2.0], "must be a matrix, got shape (2,)"),
        (np.zeros((1, 1, 1)), "must be a matrix, got shape (1, 1, 1)"),
        ([[1.0], [1.0, 2.0]], "must be a matrix of numbers, got list"),
        ([["a", "b"]], "must be a matrix of numbers, got list"),
        (np.array([["1", "2"]]), "must be a matrix of numbers, got values of type <U1"),
        (np.eye(2, dtype=bool), "must be a matrix of numbers, got values of type bool"),
        ([[1j]], "must be a matrix of numbers, got list"),
        ([[None]], "must be a matrix of numbers, got list"),
        ([[10**5000]], "must be a matrix of numbers, got list"),
        (np.array([["2020-01-01"]], dtype="M8[D]"), "must be a matrix of numbers, got values of type datetime64[D]"),
        ([[1.0, np.nan], [np.inf, 0.0]], "must be finite, got 2 values that are NaN or infinite"),
    ],
)
def test_what_is_no_matrix_of_finite_numbers_is_refused(values, words):
    with pytest.raises(ValueError, match=re.escape(f"m {words}")):
        matrix("m", values)
