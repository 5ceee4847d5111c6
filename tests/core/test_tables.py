import pytest

from core.tables import percent


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1, "100.00%"),
        (0.0698, "6.98%"),
        (0.0001, "0.01%"),
        (0.00005, "0.005%"),
        (0.0000123, "0.0012%"),
        (1e-6, "0.0001%"),
        (9.9e-7, "<0.0001%"),
        (1.6e-88, "<0.0001%"),
        (5e-324, "<0.0001%"),
        (0, "0.00%"),
        (-0.03, "-3.00%"),
    ],
)
def test_shares_are_written_as_per_cent(share, words):
    assert percent(share) == words


def test_no_share_is_wider_than_a_column_or_written_with_an_exponent():
    for exponent in range(-330, 0):
        for digits in (1, 1.5, 9.99, 9.999999):
            words = percent(digits * 10.0**exponent)
            assert len(words) <= 8
            assert "e" not in words
