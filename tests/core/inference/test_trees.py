import dataclasses

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from core.inference import trees
from core.inference.forests import one_hot, train_race
from core.inference.trees import Trees
from core.scenario import CORRECTED, PAPER

COUNT = 10


def said_of(forest):
    return [estimator.tree_.value[:, 0, :] for estimator in forest.estimators_]


@pytest.fixture(scope="module")
def fitted(faces):
    return RandomForestClassifier(COUNT, random_state=3).fit(faces.embeddings, faces.people.race)


@pytest.fixture(scope="module")
def grown(fitted):
    return trees.from_sklearn(fitted.estimators_, said_of(fitted))


def stump():
    """Two trees. The first: is x[1] at most .5? Then (.9, .1), else (.2, .8). The second says (.4, .6) to all."""
    return Trees(
        roots=np.array([0, 3]),
        feature=np.array([1, -1, -1, -1]),
        threshold=np.array([0.5, 0, 0, 0], dtype=np.float32),
        target=np.array([2, 0, 1, 2]),
        leaf_starts=np.array([0, 2, 4, 6]),
        columns=np.array([0, 1, 0, 1, 0, 1], dtype=np.uint8),
        values=np.array([0.9, 0.1, 0.2, 0.8, 0.4, 0.6], dtype=np.float32),
    )


def undecided(count):
    """Trees of one leaf: the first half says class 0, the second half class 1."""
    return Trees(
        roots=np.arange(count),
        feature=np.full(count, -1),
        threshold=np.zeros(count, dtype=np.float32),
        target=np.arange(count),
        leaf_starts=np.arange(count + 1),
        columns=np.repeat(np.array([0, 1], dtype=np.uint8), count // 2),
        values=np.ones(count, dtype=np.float32),
    )


def test_two_trees_worked_by_hand():
    # (.9 + .4) / 2 = .65 on the left, (.2 + .4) / 2 = .3 on the right; .5 itself goes left.
    found = stump().probabilities(np.array([[9, 0.4], [-9, 0.6], [0, 0.5]]), 2)
    np.testing.assert_allclose(found, [[0.65, 0.35], [0.3, 0.7], [0.65, 0.35]], atol=1e-6)
    assert found.dtype == np.float32


def test_outcomes_no_leaf_speaks_of_have_no_chance():
    found = stump().probabilities(np.array([[0, 0.4]]), 4)
    np.testing.assert_allclose(found, [[0.65, 0.35, 0, 0]], atol=1e-6)


@pytest.mark.parametrize("outcomes", [1, 0, -1])
def test_leaves_speak_of_no_more_outcomes_than_are_asked_for(outcomes):
    with pytest.raises(ValueError, match=rf"^outcomes must be at least the 2 that leaves speak of, got {outcomes}$"):
        stump().probabilities(np.array([[0, 0.4]]), outcomes)


def test_probabilities_are_those_of_scikit_learn(fitted, grown, faces, rng):
    unseen = rng.normal(0.5, 1.5, (300, 6)).astype(np.float32)
    for x in (faces.embeddings, unseen):
        np.testing.assert_allclose(grown.probabilities(x, 4), fitted.predict_proba(x), atol=1e-6)
    assert fitted.predict_proba(unseen).std() > 0.1


def test_float64_embeddings_are_read_as_scikit_learn_reads_them(fitted, grown, rng):
    x = rng.normal(0.5, 1.5, (300, 6))
    np.testing.assert_allclose(grown.probabilities(x, 4), fitted.predict_proba(x), atol=1e-6)


def test_faces_at_a_threshold_go_the_way_of_scikit_learn(fitted, grown, faces):
    # A threshold is a float64 between two float32 values: try the float32 nearest to it and both its neighbours.
    rows = []
    for estimator in fitted.estimators_:
        tree = estimator.tree_
        for feature, threshold in zip(tree.feature, tree.threshold, strict=True):
            if feature >= 0:
                near = np.float32(threshold)
                for value in (np.nextafter(near, np.float32(-9)), near, np.nextafter(near, np.float32(9))):
                    rows.append(faces.embeddings[len(rows) % len(faces)].copy())
                    rows[-1][feature] = value
    rows = np.array(rows)
    assert len(rows) > 1000
    np.testing.assert_allclose(grown.probabilities(rows, 4), fitted.predict_proba(rows), atol=1e-6)


def test_thresholds_between_two_floats_part_them():
    # Values 1 and the next float32: scikit-learn's threshold lies between them and rounds to one of the two.
    for low in np.array([1, 1 + 2**-23, 0.1, -1, -0.3], dtype=np.float32):
        x = np.array([[low], [np.nextafter(low, np.float32(9))]])
        forest = RandomForestClassifier(5, bootstrap=False, random_state=0).fit(x, [0, 1])
        found = trees.from_sklearn(forest.estimators_, said_of(forest)).probabilities(x, 2)
        assert found.tolist() == forest.predict_proba(x).tolist()


def test_one_hot_probabilities_are_those_of_scikit_learn(faces, rng):
    forest = RandomForestClassifier(COUNT, random_state=5).fit(faces.embeddings, one_hot(faces.people.race))
    grown = train_race(faces, seed=5, protocol=PAPER, count=COUNT)
    x = rng.normal(0.5, 1.5, (300, 6)).astype(np.float32)
    yes = np.stack([chances[:, 1] for chances in forest.predict_proba(x)], axis=1)
    np.testing.assert_allclose(grown.probabilities(x, 4), yes, atol=1e-6)


def test_single_label_probabilities_are_those_of_scikit_learn(faces, rng):
    forest = RandomForestClassifier(COUNT, random_state=5).fit(faces.embeddings, faces.people.race)
    grown = train_race(faces, seed=5, protocol=CORRECTED, count=COUNT)
    x = rng.normal(0.5, 1.5, (300, 6)).astype(np.float32)
    np.testing.assert_allclose(grown.probabilities(x, 4), forest.predict_proba(x), atol=1e-6)


@pytest.mark.parametrize("count", [2, 10, 20, 22, 50, 100, 200, 1000])
def test_half_of_the_trees_is_exactly_one_half(count):
    assert undecided(count).probabilities(np.zeros((1, 1)), 2).tolist() == [[0.5, 0.5]]


def test_more_faces_than_one_block_are_read_alike(grown, rng):
    x = rng.normal(0.5, 1.5, (5000, 6)).astype(np.float32)
    whole = grown.probabilities(x, 4)
    parts = np.concatenate([grown.probabilities(x[:1000], 4), grown.probabilities(x[1000:], 4)])
    assert (whole == parts).all()


def test_no_faces_have_no_probabilities(grown):
    assert grown.probabilities(np.empty((0, 6), dtype=np.float32), 4).shape == (0, 4)


def test_a_forest_that_asks_nothing_says_its_share():
    forest = RandomForestClassifier(3, bootstrap=False, random_state=0).fit(np.zeros((4, 1)), [0, 0, 0, 1])
    found = trees.from_sklearn(forest.estimators_, said_of(forest)).probabilities(np.ones((2, 1)), 2)
    np.testing.assert_allclose(found, [[0.75, 0.25]] * 2, atol=1e-6)


def test_arrays_there_and_back_give_the_same_forest(grown, faces):
    back = Trees.from_arrays(grown.arrays())
    assert grown.arrays().keys() == back.arrays().keys()
    assert all((array == back.arrays()[name]).all() for name, array in grown.arrays().items())
    assert (back.probabilities(faces.embeddings, 4) == grown.probabilities(faces.embeddings, 4)).all()


def test_training_twice_with_a_seed_gives_equal_arrays(faces):
    one, two, other = (train_race(faces, seed=seed, protocol=CORRECTED, count=3).arrays() for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert not all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("name", "position", "value"),
    [
        ("target", 0, 4),  # a right child beyond the last node
        ("target", 0, 0),  # a right child that is its own parent: an endless walk
        ("target", 0, -1),
        ("target", 3, 3),  # a leaf beyond the last
        ("target", 1, -1),
        ("roots", 1, 4),
        ("roots", 0, -1),
        ("leaf_starts", -1, 7),
        ("leaf_starts", 1, 5),  # starts must not fall
        ("leaf_starts", 0, 1),
        ("feature", 3, 0),  # the last node must be a leaf
        ("columns", 0, -1),
    ],
)
def test_links_that_lead_out_of_the_forest_are_refused(name, position, value):
    arrays = stump().arrays()
    arrays[name] = arrays[name].astype(np.int64)
    arrays[name][position] = value
    with pytest.raises(ValueError, match=r"^the trees' 4 nodes and 3 leaves must link to one another$"):
        Trees.from_arrays(arrays)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["threshold", "values"])
def test_numbers_that_are_not_finite_are_refused(name, value):
    arrays = stump().arrays()
    arrays[name] = arrays[name].copy()
    arrays[name][0] = value
    with pytest.raises(ValueError, match=rf"^the trees' {name}s? must be finite, got 1 that are not$"):
        Trees.from_arrays(arrays)


@pytest.mark.parametrize("name", ["feature", "threshold", "target", "leaf_starts", "columns", "values"])
def test_arrays_that_lost_their_last_value_are_refused(name):
    arrays = stump().arrays()
    arrays[name] = arrays[name][:-1]
    with pytest.raises(ValueError, match="must link to one another"):
        Trees.from_arrays(arrays)


def test_empty_arrays_are_refused():
    with pytest.raises(ValueError, match="must link to one another"):
        Trees.from_arrays({name: array[:0] for name, array in stump().arrays().items()})


def test_a_missing_array_is_noticed():
    for name in stump().arrays():
        arrays = stump().arrays()
        del arrays[name]
        with pytest.raises(KeyError, match=name):
            Trees.from_arrays(arrays)


def test_trees_grown_best_first_are_refused(faces):
    forest = RandomForestClassifier(1, max_leaf_nodes=50, random_state=0).fit(faces.embeddings, faces.people.race)
    with pytest.raises(ValueError, match="trees must be grown depth first"):
        trees.from_sklearn(forest.estimators_, said_of(forest))


def test_a_forest_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        stump().roots = np.array([0])
