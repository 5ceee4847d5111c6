"""Attackers that read age, sex and race off embeddings, and their evaluation."""

from core.inference.beliefs import Beliefs, Predictions, predicted_cells
from core.inference.forests import Forests, train

__all__ = ["Beliefs", "Forests", "Predictions", "predicted_cells", "train"]
