import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.demographics import Demographics
from core.faces import Faces, near_identical_groups, split
from core.faces.faceset import squared_distances


def partition(groups):
    """The rows of each group, whatever the groups' numbers are."""
    return {frozenset(np.flatnonzero(groups == group).tolist()) for group in np.unique(groups)}


def linked_by_hand(points, distance):
    """Union of all pairs closer than `distance`, pair by pair."""
    group = list(range(len(points)))
    for i in range(len(points)):
        for j in range(i):
            if np.linalg.norm(points[i] - points[j]) < distance:
                group = [group[i] if g == group[j] else g for g in group]
    return np.array(group)


def test_embeddings_become_float32():
    faces = Faces(np.array([[1, 2]]), Demographics([30], [0], [0]))
    assert faces.embeddings.dtype == np.float32
    assert faces.embeddings.tolist() == [[1, 2]]


def test_embeddings_and_people_have_one_length():
    with pytest.raises(ValueError, match=r"^embeddings and demographics must have one length, got 2 and 1$"):
        Faces(np.zeros((2, 3)), Demographics([30], [0], [0]))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_embeddings_that_are_not_finite_in_float32_are_refused(value):
    with pytest.raises(ValueError, match="embeddings must be finite, got 1 values"):
        Faces(np.array([[0.0, value]]), Demographics([30], [0], [0]))


def test_taken_faces_keep_their_people():
    faces = Faces(np.array([[0.0], [1.0], [2.0]]), Demographics([10, 20, 30], [0, 1, 0], [0, 1, 2]))
    taken = faces.take([2, 1])
    assert taken.embeddings.ravel().tolist() == [2, 1]
    assert taken.people.age.tolist() == [30, 20]
    assert len(faces.take(np.array([False, True, False]))) == 1


def test_squared_distances_worked_by_hand():
    # (0,0) to (3,4) is 5, to itself 0; (1,0) to (3,4): 2^2 + 4^2 = 20.
    distances = squared_distances(np.array([[0.0, 0], [1, 0]]), np.array([[3.0, 4], [0, 0], [1, 0]]))
    assert distances.tolist() == [[25, 0, 1], [20, 1, 0]]


def test_distances_of_equal_faces_are_not_negative(rng):
    points = rng.standard_normal((200, 128)).astype(np.float32)
    assert squared_distances(points, points).min() >= 0


def test_chains_of_near_faces_share_a_group():
    # a - b - c are 0.04 apart, a and c 0.08: linked through b. d is 0.06 from c, e far away.
    points = np.array([[0.0, 0], [0.04, 0], [0.08, 0], [0.14, 0], [5, 5]])
    assert partition(near_identical_groups(points)) == {frozenset({0, 1, 2}), frozenset({3}), frozenset({4})}


def test_the_distance_decides_who_is_near():
    points = np.array([[0.0], [1.0], [3.0]])
    assert len(partition(near_identical_groups(points, distance=0.9))) == 3
    assert partition(near_identical_groups(points, distance=1.1)) == {frozenset({0, 1}), frozenset({2})}
    assert len(partition(near_identical_groups(points, distance=2.1))) == 1


def test_copies_of_a_face_share_a_group():
    points = np.array([[0.1, 0.2], [3, 3], [0.1, 0.2]], dtype=np.float32)
    assert partition(near_identical_groups(points)) == {frozenset({0, 2}), frozenset({1})}


@pytest.mark.parametrize("seed", range(10))
def test_groups_are_those_found_pair_by_pair(seed):
    points = np.random.default_rng(seed).uniform(0, 1, (40, 2))
    assert partition(near_identical_groups(points, distance=0.1)) == partition(linked_by_hand(points, 0.1))


def test_groups_reach_across_blocks_of_rows():
    # More faces than one block of 2,048 rows: the first and the last are copies, all others far apart.
    points = np.zeros((2100, 2), dtype=np.float32)
    points[:, 0] = np.arange(2100)
    points[-1] = points[0]
    groups = near_identical_groups(points)
    assert groups[0] == groups[-1]
    assert len(np.unique(groups)) == 2099


def test_no_faces_have_no_groups():
    assert near_identical_groups(np.empty((0, 3), dtype=np.float32)).shape == (0,)


@pytest.mark.parametrize("distance", [-0.1, 11, float("nan")])
def test_a_distance_out_of_range_is_named(distance):
    with pytest.raises(ValueError, match=rf"^distance must be 0 to 10, got {distance:g}$"):
        near_identical_groups(np.zeros((2, 2)), distance=distance)


@given(st.integers(0, 60), st.floats(0, 1), st.integers(0, 5))
def test_a_split_holds_out_the_share_and_loses_nobody(count, share, seed):
    training, held_out = split(count, rng=np.random.default_rng(seed), held_out_share=share)
    assert len(held_out) == round(count * share)
    assert sorted([*training, *held_out]) == list(range(count))
    assert (np.diff(training) > 0).all()
    assert (np.diff(held_out) > 0).all()


@pytest.mark.parametrize("count", [-1, 2.0, "10", None, True])
def test_a_number_of_rows_that_cannot_be_split_is_named(count):
    with pytest.raises(ValueError, match=r"^rows to split must be (a whole number from )?0 to 2,147,483,647, got "):
        split(count, rng=np.random.default_rng(0))


def test_every_row_is_held_out_as_often_as_the_others():
    # 2,000 splits of 10 rows, 3 held out: 600 each, give or take 4 * sqrt(2000 * .3 * .7) = 82.
    rng = np.random.default_rng(3)
    times = np.zeros(10)
    for _ in range(2000):
        times[split(10, rng=rng, held_out_share=0.3)[1]] += 1
    assert np.abs(times - 600).max() < 82


def test_a_seed_fixes_the_split():
    one, two = (split(100, rng=np.random.default_rng(5))[1] for _ in range(2))
    assert one.tolist() == two.tolist()
    assert one.tolist() != split(100, rng=np.random.default_rng(6))[1].tolist()


@given(st.lists(st.integers(-3, 12), min_size=1, max_size=60), st.floats(0, 1), st.integers(0, 5))
def test_a_group_is_never_separated(groups, share, seed):
    groups = np.array(groups)
    training, held_out = split(len(groups), rng=np.random.default_rng(seed), held_out_share=share, groups=groups)
    assert not set(groups[training]) & set(groups[held_out])
    assert sorted([*training, *held_out]) == list(range(len(groups)))
    assert len(held_out) <= round(len(groups) * share)


def test_groups_of_pairs_meet_the_share():
    # 500 pairs: 20 % of 1,000 rows are 100 whole pairs.
    groups = np.repeat(np.arange(500), 2)
    _, held_out = split(1000, rng=np.random.default_rng(1), groups=groups)
    assert len(held_out) == 200


@pytest.mark.parametrize("seed", range(20))
def test_a_group_too_large_to_hold_out_does_not_stop_the_others(seed):
    # One group of 5 and five of 1: 2 of 10 rows are wanted, and two groups of 1 make them whatever the order.
    groups = np.array([0, 0, 0, 0, 0, 1, 2, 3, 4, 5])
    _, held_out = split(10, rng=np.random.default_rng(seed), held_out_share=0.2, groups=groups)
    assert len(held_out) == 2


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_held_out_share_out_of_range_is_named(share):
    with pytest.raises(ValueError, match=rf"^held-out share must be 0 to 1, got {share:g}$"):
        split(10, rng=np.random.default_rng(0), held_out_share=share)
