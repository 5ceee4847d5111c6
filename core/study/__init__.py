"""From a scenario to everything that a page, the report and the command line show."""

from core.scenario import PAPER_SIZES
from core.study.advice import ADVICE, Advice, advise, looks_safer
from core.study.evidence import Evidence, load_evidence
from core.study.frontier import LARGEST_ERROR_RATE, Frontier, Point, load_frontier, people_of
from core.study.inference import AttributeReading, WidthStudy, by_width, read_attribute
from core.study.linking import (
    LinkageStudy,
    check_size,
    exposure,
    exposure_to_dict,
    gain,
    in_full,
    link,
    with_few_companies,
)
from core.study.one_face import FaceReading, read_face
from core.study.own_attacker import OwnAttacker
from core.study.pictures import PictureStudy, take_pictures
from core.study.protections import (
    ON_A_PAGE,
    PEOPLE_ON_A_PAGE,
    Protected,
    attack_protected,
    frontier,
    generated_material,
    judge_protected,
    material_on_a_page,
    protect,
    with_real_faces,
    with_real_pairs,
)
from core.study.real_faces import evidence_from
from core.study.whole import Attack, Interval, Study, at_sizes, attack, curve, curve_sizes, run
from core.study.workforce import Workforce, draw

__all__ = [
    "ADVICE",
    "LARGEST_ERROR_RATE",
    "ON_A_PAGE",
    "PAPER_SIZES",
    "PEOPLE_ON_A_PAGE",
    "Advice",
    "Attack",
    "AttributeReading",
    "Evidence",
    "FaceReading",
    "Frontier",
    "Interval",
    "LinkageStudy",
    "OwnAttacker",
    "PictureStudy",
    "Point",
    "Protected",
    "Study",
    "WidthStudy",
    "Workforce",
    "advise",
    "at_sizes",
    "attack",
    "attack_protected",
    "by_width",
    "check_size",
    "curve",
    "curve_sizes",
    "draw",
    "evidence_from",
    "exposure",
    "exposure_to_dict",
    "frontier",
    "gain",
    "generated_material",
    "in_full",
    "judge_protected",
    "link",
    "load_evidence",
    "load_frontier",
    "looks_safer",
    "material_on_a_page",
    "people_of",
    "protect",
    "read_attribute",
    "read_face",
    "run",
    "take_pictures",
    "with_few_companies",
    "with_real_faces",
    "with_real_pairs",
]
