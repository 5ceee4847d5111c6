"""The documents name files that are there, commands that the Makefile runs, and figures that are in the results."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from core.training import GeneratorEvaluation

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "models/README.md",
    *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")),
]

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
PATH = re.compile(r"`((?:(?:core|ui|pages|models|docs|tests|benchmarks|deploy)/[\w./-]*)|\w[\w.-]*\.(?:md|toml|txt|py))`")
FIGURE = re.compile(r"(?P<number>\d+(?:\.(?P<decimals>\d+))?)(?P<percent>%?)")


def text_of(document):
    return (ROOT / document).read_text("utf-8")


def links():
    """Every relative link and image, with the document that holds it."""
    for document in DOCUMENTS:
        for target in LINK.findall(text_of(document)):
            if not re.match(r"[a-z]+:|#", target):
                yield document, target.split("#")[0]


def rows_under(document, heading):
    """Rows of a table, each its first cell and the others."""
    lines = iter(text_of(document).splitlines())
    assert any(line == heading for line in lines), f"no table {heading} in {document}"
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        first, *others = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append((first, others))
    return rows


def is_printed(cell, values):
    """Whether a cell holds just these values, each rounded as it is printed."""
    figures = list(FIGURE.finditer(cell))
    if len(figures) != len(values) or FIGURE.sub("", cell).strip(", ") != "":
        return False
    for figure, value in zip(figures, values, strict=True):
        half = 0.5 * 10 ** -len(figure["decimals"] or "")
        if abs(float(figure["number"]) - value * (100 if figure["percent"] else 1)) > half + 1e-9:
            return False
    return True


def test_figures_are_compared_as_they_are_printed():
    assert is_printed("91.8%, 97.6%", [0.91849, 0.97551])
    assert not is_printed("91.8%, 97.6%", [0.91851, 0.976])
    assert not is_printed("91.8%, 97.6%", [0.91749, 0.976])
    assert not is_printed("91.8%", [0.918, 0.976])
    assert not is_printed("about 91.8%", [0.918])
    assert is_printed("0.542", [0.5415])
    assert not is_printed("0.54", [0.5351, 0.54])
    assert is_printed("", [])


def test_there_are_links():
    assert len(list(links())) >= 4


@pytest.mark.parametrize(("document", "target"), sorted(set(links())))
def test_every_relative_link_leads_to_a_file(document, target):
    assert ((ROOT / document).parent / target).is_file()


def test_every_path_that_a_document_names_is_there():
    named = [(document, path) for document in DOCUMENTS for path in PATH.findall(text_of(document))]
    assert len(named) > 20
    assert [(document, path) for document, path in named if not (ROOT / path).exists()] == []


def test_the_readme_tests_without_make_what_make_tests():
    recipes = re.search(r"^lint:.*?^benchmark:", text_of("Makefile"), re.DOTALL | re.MULTILINE)[0]
    with_make = re.findall(r"^\t\$\(BIN\)/(.+)$", recipes, re.MULTILINE)
    section = text_of("README.md").split("## Test it")[1].split("\n## ")[0]
    without_make = re.findall(r"^    \.venv/bin/(.+)$", section, re.MULTILINE)
    assert without_make == ["python -m pip install -r requirements-test.txt", *with_make]
    assert len(with_make) == 5


def test_the_readmes_table_is_what_was_replicated():
    ours = json.loads(text_of("models/replication.json"))
    paper = json.loads(text_of("core/paper_figures.json"))
    sizes = ("10", "50", "100")
    wanted = {
        "sex accuracy, AUC": (
            [paper["sex"]["accuracy"], paper["sex"]["auc"]],
            [ours["sex"]["ours"]["accuracy"], ours["sex"]["ours"]["auc"]],
        ),
        "age accuracy": ([paper["age"]["accuracy"]], [ours["age"]["ours"]["accuracy"]]),
        "race accuracy, one-hot labels as in the paper": (
            [paper["race"]["accuracy"]],
            [ours["race_one_hot"]["ours"]["accuracy"]],
        ),
        "race accuracy, single labels": ([], [ours["race_single_label"]["ours"]["accuracy"]]),
        "share named of 10, 50, 100 people": (
            [paper["risk"][f"company_{size}"]["expected_reidentified"] for size in sizes],
            [ours["risk"][size]["ours"]["exact"] for size in sizes],
        ),
    }
    rows = rows_under("README.md", "| | paper | `replicate --faces`, seed 0 |")
    assert (ours["faces"], ours["seed"]) == ("real", 0)
    assert [label for label, _ in rows] == list(wanted)
    for label, cells in rows:
        of_paper, of_ours = wanted[label]
        assert is_printed(cells[0], [value / 100 for value in of_paper]), label
        assert is_printed(cells[1], of_ours), label


# Rows of the model card's table, in their order: a row's words, the result's name, and its part.
EVALUATION_ROWS = [
    ("accuracy on real held-out faces of forests trained on ... faces: sex", "accuracy", "sex"),
    ("race", "accuracy", "race"),
    ("age, 20-year bins", "accuracy", "age"),
    ("distance between two people, 1st percentile", "impostor", "p1"),
    ("5th", "impostor", "p5"),
    ("50th", "impostor", "p50"),
    ("95th", "impostor", "p95"),
    ("distance of a held-out (generated) face to the nearest training face, 1st percentile", "nearest_training", "p1"),
    ("50th", "nearest_training", "p50"),
    ("distance between two pictures of one person, 5th percentile", "same_person", "p5"),
    ("50th", "same_person", "p50"),
    ("95th", "same_person", "p95"),
    ("equal error rate of telling one person from two", "equal_error_rate", None),
    ("true accept rate where 1 in 1,000 pairs of two people match", "true_accept_rate", None),
]


def test_the_model_cards_table_is_what_was_evaluated():
    evaluated = json.loads(text_of("models/generator_evaluation.json"))
    rows = rows_under("models/README.md", "| | real | generated |")
    assert [label for label, _ in rows] == [words for words, _, _ in EVALUATION_ROWS]
    for (label, cells), (_, name, part) in zip(rows, EVALUATION_ROWS, strict=True):
        for cell, kind in zip(cells, ("real", "generated"), strict=True):
            result = evaluated[f"{name}_{kind}"]
            assert is_printed(cell, [result if part is None else result[part]]), (label, kind)


def test_the_model_card_says_how_many_faces_were_used():
    evaluated = json.loads(text_of("models/generator_evaluation.json"))
    training, held_out = evaluated["training_faces"], evaluated["held_out_faces"]
    card = " ".join(text_of("models/README.md").split())
    assert f"embeddings of {training + held_out:,} UTKFace photos" in card
    assert f"four fifths of them ({training:,}) to fit, the rest ({held_out:,}) to judge" in card
    assert f"{evaluated['pictures']:,} pictures of" in card
    assert f"of whom {evaluated['people_with_several_pictures']:,} have two to five" in card


def test_the_evaluation_has_the_names_that_the_code_gives_it():
    evaluated = json.loads(text_of("models/generator_evaluation.json"))
    assert list(evaluated) == ["seed", *(field.name for field in fields(GeneratorEvaluation))]


def test_the_model_cards_attackers_are_what_was_compared():
    compared = json.loads(text_of("models/comparison_real.json"))
    rows = rows_under("models/README.md", "| attacker | accuracy | calibration error | log loss of age |")
    assert [name for name, _ in rows] == list(compared["attackers"])
    card = " ".join(text_of("models/README.md").split())
    assert f"trained on {compared['training']:,} real faces, tested on {compared['tested']:,} in five parts" in card
    for name, (accuracy, error, loss) in rows:
        row = compared["attackers"][name]
        assert is_printed(accuracy, [row[attribute]["accuracy"] for attribute in ("sex", "race", "age")]), name
        assert is_printed(error, [row[attribute]["calibration_error"] for attribute in ("sex", "race")]), name
        assert is_printed(loss, [row["year"]["log_loss"]]), name


def test_the_model_cards_protections_are_what_was_measured():
    measured = json.loads(text_of("models/protections_real.json"))
    rows = rows_under("models/README.md", "| protection | named | accuracy | equal error rate | rank 1 |")
    points = {f"{each['method']} {each['strength'] or ''}".strip().removesuffix(".0"): each for each in measured["points"]}
    assert [name for name, _ in rows] == list(points)
    for name, (named, accuracy, error, rank) in rows:
        point = points[name]
        assert is_printed(named, [point["expected_reidentified"]]), name
        assert is_printed(accuracy, [point["accuracy"][attribute] for attribute in ("sex", "race", "age")]), name
        assert is_printed(error, [point["equal_error_rate"]]), name
        assert is_printed(rank, [point["rank_one"]]), name
