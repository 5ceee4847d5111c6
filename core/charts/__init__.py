"""Results as plotly figures, each with the table behind it and a text that stands in for it."""

from core.charts.advice import advice
from core.charts.company import pyramid, true_classes
from core.charts.faces import distances, error_rates_over_threshold, face_beliefs, one_embedding, two_embeddings
from core.charts.inference import confusion, roc_curves, width_tradeoff
from core.charts.linkage import ATTACKER_WORDS, LINKAGE_WORDS, attacker_table, pictures, reliability, share_named, success
from core.charts.protection import in_a_sentence, protection_name, protection_table, still_read, verified
from core.charts.risk import class_sizes, exact_against_simulated, exposure, risk_curve, size_width_map
from core.charts.style import Chart, counted, on_dark_page, people, percent, points
from core.charts.tradeoff import protections

__all__ = [
    "ATTACKER_WORDS",
    "LINKAGE_WORDS",
    "Chart",
    "advice",
    "attacker_table",
    "class_sizes",
    "confusion",
    "counted",
    "distances",
    "error_rates_over_threshold",
    "exact_against_simulated",
    "exposure",
    "face_beliefs",
    "in_a_sentence",
    "on_dark_page",
    "one_embedding",
    "people",
    "percent",
    "pictures",
    "points",
    "protection_name",
    "protection_table",
    "protections",
    "pyramid",
    "reliability",
    "risk_curve",
    "roc_curves",
    "share_named",
    "size_width_map",
    "still_read",
    "success",
    "true_classes",
    "two_embeddings",
    "verified",
    "width_tradeoff",
]
