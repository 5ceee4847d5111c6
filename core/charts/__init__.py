"""Results as plotly figures, each with the table behind it and a text that stands in for it."""

from core.charts.company import pyramid, true_classes
from core.charts.faces import distances, error_rates_over_threshold, face_beliefs, one_embedding, two_embeddings
from core.charts.inference import confusion, roc_curves, width_tradeoff
from core.charts.linkage import ATTACKER_WORDS, LINKAGE_WORDS, attacker_table, pictures, reliability, share_named, success
from core.charts.risk import class_sizes, exact_against_simulated, exposure, risk_curve, size_width_map
from core.charts.style import Chart, counted, on_dark_page, people, percent, points

__all__ = [
    "ATTACKER_WORDS",
    "LINKAGE_WORDS",
    "Chart",
    "attacker_table",
    "class_sizes",
    "confusion",
    "counted",
    "distances",
    "error_rates_over_threshold",
    "exact_against_simulated",
    "exposure",
    "face_beliefs",
    "on_dark_page",
    "one_embedding",
    "people",
    "percent",
    "pictures",
    "points",
    "pyramid",
    "reliability",
    "risk_curve",
    "roc_curves",
    "share_named",
    "size_width_map",
    "success",
    "true_classes",
    "two_embeddings",
    "width_tradeoff",
]
