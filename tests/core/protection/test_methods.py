import numpy as np
import pytest

from core.protection import METHODS, method_of


@pytest.mark.parametrize("name", METHODS)
def test_every_method_protects_at_every_strength_that_it_tries(faces, name):
    method = METHODS[name]
    for strength in method.strength.tried if method.strength else (None,):
        fitted = method.protection(strength).fit(faces, seed=0)
        left = fitted.transform(faces.embeddings, rng=np.random.default_rng(0))
        assert len(left) == len(faces)
        assert left.shape[1] <= faces.embeddings.shape[1]
        assert np.isfinite(left).all()
        again = method.protection(strength).fit(faces, seed=0).transform(faces.embeddings, rng=np.random.default_rng(0))
        np.testing.assert_array_equal(left, again)


@pytest.mark.parametrize("name", METHODS)
def test_defaults_and_tried_strengths_are_allowed_and_go_one_way(name):
    strength = METHODS[name].strength
    if strength is None:
        return
    assert strength.checked(strength.default) == strength.default
    assert [strength.checked(each) for each in strength.tried] == list(strength.tried)
    assert list(strength.tried) == sorted(strength.tried, reverse=not strength.grows)


@pytest.mark.parametrize(
    ("name", "strength", "sentence"),
    [
        ("leace", 41, r"strength \(years of an age bin that is hidden\) must be 1 to 40, got 41"),
        ("leace", 2.5, r"strength \(years of an age bin that is hidden\) must be a whole number from 1 to 40, got 2.5"),
        ("noise", -1, r"strength \(standard deviation of the noise\) must be 0 to 1, got -1"),
        ("none", 1, "none has no strength to choose, got 1"),
        ("magic", None, "protection must be one of none, noise, .* got 'magic'"),
    ],
)
def test_what_is_not_allowed_is_named(name, strength, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        method_of(name).protection(strength)


def test_a_whole_number_may_be_written_as_a_float():
    assert method_of("leace").protection(20.0) == method_of("leace").protection()
