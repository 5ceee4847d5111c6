"""A trained forest as plain arrays.

scikit-learn trains the trees. What ships is their arrays: they load without running code from a
file, in any version of scikit-learn, and the same forest gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from core.checks import FloatArray, IntArray

_BLOCK_ROWS = 4096


@dataclass(frozen=True)
class Trees:
    """Trees of a forest, laid end to end.

    Parameters
    ----------
    roots : (trees,) ints
        Node at which each tree starts.
    feature : (nodes,) ints
        Coordinate a node asks about; -1 at a leaf.
    threshold : (nodes,) float32
        Go left where the coordinate is at most this. The left child is the next node.
    target : (nodes,) ints
        Right child of a node, or number of a leaf.
    leaf_starts, columns, values
        What each leaf says, as rows of a sparse matrix (leaves, k): probabilities that sum to 1.
    """

    roots: IntArray
    feature: IntArray
    threshold: FloatArray
    target: IntArray
    leaf_starts: IntArray
    columns: IntArray
    values: FloatArray

    def probabilities(self, embeddings: FloatArray, outcomes: int) -> FloatArray:
        """Mean over the trees of what the reached leaves say, shape (n, outcomes) float32.

        Raises
        ------
        ValueError
            If embeddings lack a coordinate that a node asks about, or leaves speak of more outcomes.
        """
        if embeddings.ndim != 2 or embeddings.shape[1] <= self.feature.max():
            raise ValueError(f"embeddings must have at least {self.feature.max() + 1} columns, got shape {embeddings.shape}")
        if outcomes <= self.columns.max():
            raise ValueError(f"outcomes must be at least the {self.columns.max() + 1} that leaves speak of, got {outcomes}")
        count = len(self.leaf_starts) - 1
        says = csr_array((self.values, self.columns, self.leaf_starts), shape=(count, outcomes))
        trees = len(self.roots)
        result = np.empty((len(embeddings), outcomes), dtype=np.float32)
        for start in range(0, len(embeddings), _BLOCK_ROWS):
            leaves = self._leaves(embeddings[start : start + _BLOCK_ROWS])
            starts = np.arange(0, leaves.size + 1, trees)
            once = np.ones(leaves.size, dtype=np.float32)
            reached = csr_array((once, leaves.ravel(), starts), shape=(len(leaves), count))
            result[start : start + len(leaves)] = (reached @ says).toarray() / trees
        return result

    def _leaves(self, embeddings: FloatArray) -> IntArray:
        """Leaf that each face reaches in each tree, shape (n, trees)."""
        x = np.ascontiguousarray(embeddings, dtype=np.float32)
        leaves = np.empty((len(x), len(self.roots)), dtype=np.int32)
        for tree, root in enumerate(self.roots):
            node = np.full(len(x), root)
            rows = np.arange(len(x))
            while len(rows):
                feature = self.feature[node]
                inner = feature >= 0
                leaves[rows[~inner], tree] = self.target[node[~inner]]
                rows, node, feature = rows[inner], node[inner], feature[inner]
                left = x[rows, feature] <= self.threshold[node]
                node = np.where(left, node + 1, self.target[node])
        return leaves

    def arrays(self) -> dict[str, np.ndarray]:
        """Arrays to store, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Trees:
        """Inverse of `arrays`. Raises ValueError where links lead out of the forest or numbers are not finite."""
        trees = cls(**{field.name: arrays[field.name] for field in fields(cls)})
        if any(array.ndim != 1 or not array.size for array in trees.arrays().values()):
            raise ValueError(
                "the trees' arrays must be one-dimensional and not empty: nodes and leaves must link to one another"
            )
        nodes, leaves = len(trees.feature), len(trees.leaf_starts) - 1
        if not len(trees.threshold) == len(trees.target) == nodes:
            raise ValueError(f"the trees' {nodes:,} nodes and {leaves:,} leaves must link to one another")
        inner = trees.feature >= 0
        right = trees.target[inner]
        sound = (
            ((trees.roots >= 0) & (trees.roots < nodes)).all()
            and trees.leaf_starts[0] == 0
            and (np.diff(trees.leaf_starts) >= 0).all()
            and trees.leaf_starts[-1] == len(trees.columns) == len(trees.values)
            and ((right > np.flatnonzero(inner)) & (right < nodes)).all()
            and ((trees.target[~inner] >= 0) & (trees.target[~inner] < leaves)).all()
            and (trees.columns >= 0).all()
        )
        if not sound:
            raise ValueError(f"the trees' {nodes:,} nodes and {leaves:,} leaves must link to one another")
        for name, numbers in (("thresholds", trees.threshold), ("values", trees.values)):
            if not np.isfinite(numbers).all():
                raise ValueError(f"the trees' {name} must be finite, got {int((~np.isfinite(numbers)).sum())} that are not")
        return trees


def from_sklearn(estimators: list[Any], leaf_rows: list[np.ndarray]) -> Trees:
    """Lay the trees of a fitted scikit-learn forest end to end.

    Parameters
    ----------
    estimators : fitted decision trees
    leaf_rows : one (nodes, k) array a tree
        What each node says; read at leaves, where rows sum to 1.
    """
    feature, threshold, target, says = [], [], [], []
    roots, nodes, leaves = [], 0, 0
    for estimator, rows in zip(estimators, leaf_rows, strict=True):
        tree = estimator.tree_
        leaf = tree.children_left < 0
        inner = np.flatnonzero(~leaf)
        if not np.array_equal(tree.children_left[inner], inner + 1):
            raise ValueError("trees must be grown depth first, with the left child next to its parent")
        links = tree.children_right + nodes
        links[leaf] = leaves + np.arange(leaf.sum())
        roots.append(nodes)
        feature.append(np.where(leaf, -1, tree.feature))
        threshold.append(np.where(leaf, 0, _round_down(tree.threshold)))
        target.append(links)
        says.append(rows[leaf])
        nodes += len(leaf)
        leaves += int(leaf.sum())
    matrix = csr_array(np.concatenate(says).astype(np.float32))
    return Trees(
        roots=np.array(roots, dtype=np.int32),
        feature=np.concatenate(feature).astype(np.int16),
        threshold=np.concatenate(threshold).astype(np.float32),
        target=np.concatenate(target).astype(np.int32),
        leaf_starts=matrix.indptr.astype(np.int32),
        columns=matrix.indices.astype(np.uint8),
        values=matrix.data,
    )


def _round_down(threshold: FloatArray) -> FloatArray:
    """Largest float32 at most each threshold: a float32 is below one exactly if it is below the other."""
    rounded = threshold.astype(np.float32)
    return np.where(rounded > threshold, np.nextafter(rounded, np.float32(-np.inf)), rounded)
