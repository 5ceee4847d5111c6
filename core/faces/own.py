"""Own embeddings: which columns hold what, and faces with as many labels as there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core import uploads
from core.checks import FloatArray, IntArray
from core.demographics import OLDEST, RACES, SEXES, YOUNGEST
from core.uploads import HOSTED, Column, Limits, UploadError
from core.uploads.limits import few_letters, file_name

FEWEST_NUMBERS, MOST_NUMBERS = 16, 2_048
ATTRIBUTES = ("age", "sex", "race")

FEWEST_PEOPLE = 20
"""People of each labelled sex and race: with fewer, the fifth that is held out tells nothing."""

FEWEST_IN_ALL = 200

SEX_WORDS: dict[str, tuple[str, ...]] = {
    "Male": ("male", "m", "man", "men", "boy", "männlich", "mann", "homme", "masculin", "h"),
    "Female": ("female", "f", "woman", "women", "girl", "weiblich", "w", "frau", "femme", "féminin"),
}
RACE_WORDS: dict[str, tuple[str, ...]] = {
    "White": ("white", "caucasian", "european"),
    "Black": ("black", "african", "african american"),
    "Asian": ("asian", "east asian", "southeast asian"),
    "Indian": ("indian", "south asian"),
}

_COLUMN_WORDS: dict[str, tuple[str, ...]] = {
    "embedding": ("embedding", "embeddings", "encoding", "feature", "features", "vector", "vectors", "faceprint", "x"),
    "age": ("age", "ages", "years", "alter", "âge"),
    "sex": ("sex", "gender", "geschlecht", "sexe"),
    "race": ("race", "ethnicity", "ethnic group", "race_label"),
    "person": ("person", "identity", "subject", "subject_id", "person_id", "id", "name", "label"),
}
_NUMBERED = re.compile(r"(?P<name>.*?)(?P<number>\d+)\D?")
_WHOLE_YEARS = re.compile(r"(\d{1,4})([.,]0+)?")


@dataclass(frozen=True)
class Layout:
    """Which columns of a file hold what.

    Parameters
    ----------
    embedding : tuple of str
        One column with lists, or one column a number; empty where none was found.
    age, sex, race, person : str or None
    """

    embedding: tuple[str, ...]
    age: str | None = None
    sex: str | None = None
    race: str | None = None
    person: str | None = None

    @property
    def labelled(self) -> tuple[str, ...]:
        """Attributes that have a column."""
        return tuple(name for name in ATTRIBUTES if getattr(self, name) is not None)


@dataclass(frozen=True)
class OwnFaces:
    """Own embeddings, with as many labels as there are.

    Parameters
    ----------
    embeddings : (n, d) float32
    age, sex, race : (n,) ints or None
        As in `Demographics`; None where the file does not say.
    person : (n,) ints or None
        Whom each shows; names are not kept.
    """

    embeddings: FloatArray
    age: IntArray | None
    sex: IntArray | None
    race: IntArray | None
    person: IntArray | None

    def __len__(self) -> int:
        return len(self.embeddings)

    @property
    def dimension(self) -> int:
        """Numbers of an embedding."""
        return int(self.embeddings.shape[1])

    @property
    def labelled(self) -> tuple[str, ...]:
        """Attributes that are labelled."""
        return tuple(name for name in ATTRIBUTES if getattr(self, name) is not None)

    @property
    def people(self) -> int:
        """Number of people; without a column that says, each face counts as one."""
        return len(self) if self.person is None else len(np.unique(self.person))

    def take(self, rows: IntArray) -> OwnFaces:
        """Return the chosen faces."""
        chosen = (None if column is None else column[rows] for column in (self.age, self.sex, self.race, self.person))
        return OwnFaces(self.embeddings[rows], *chosen)


def embedding_choices(columns: Sequence[Column]) -> list[tuple[str, ...]]:
    """Return the columns that may hold embeddings: each with lists, and each run of numbered columns such as e0 to e511."""
    lists = [(column.name,) for column in columns if column.kind == "list"]
    runs: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        numbered = _NUMBERED.fullmatch(column.name)
        if column.kind == "number" and numbered and len(numbered["number"]) <= 9:
            runs.setdefault(numbered["name"], []).append((int(numbered["number"]), column.name))
    return lists + [tuple(name for _, name in sorted(run)) for run in runs.values() if len(run) >= FEWEST_NUMBERS]


def guess(columns: Sequence[Column]) -> Layout:
    """Guess from their names and kinds which columns hold what."""
    choices = embedding_choices(columns)
    named = [choice for choice in choices if choice[0].strip().lower() in _COLUMN_WORDS["embedding"]]
    embedding = (named or choices or [()])[0]
    free = [column for column in columns if column.kind in ("number", "text") and column.name not in embedding]
    found: dict[str, str] = {}
    for name in (*ATTRIBUTES, "person"):
        words = _COLUMN_WORDS[name]
        matching = [
            column.name for column in free if column.name.strip().lower() in words and column.name not in found.values()
        ]
        if matching:
            found[name] = min(matching, key=lambda column: words.index(column.strip().lower()))
    return Layout(embedding, **found)


def read(content: bytes, name: str, layout: Layout, *, limits: Limits = HOSTED) -> OwnFaces:
    """Read own embeddings.

    Parameters
    ----------
    content : bytes
    name : str
        The file's name.
    layout : Layout
    limits : Limits

    Raises
    ------
    UploadError
        If the file cannot be used; the sentence names file, column and row.
    """
    if not layout.embedding:
        raise UploadError(
            f"{file_name(name)} must have embeddings in a column with lists or in columns numbered like e0, e1, got neither"
        )
    if not layout.labelled:
        raise UploadError(
            f"{file_name(name)} must have a column with ages, sexes or races: without one there is nothing to learn"
        )
    columns = {each: getattr(layout, each) for each in (*layout.labelled, "person") if getattr(layout, each) is not None}
    if len(set(columns.values())) < len(columns):
        raise UploadError(f"each of {', '.join(columns)} must be in a column of its own, got one column twice")
    extract = uploads.read_columns(
        content, name, numbers=layout.embedding, texts=list(dict.fromkeys(columns.values())), limits=limits
    )
    dimension = extract.numbers.shape[1]
    if not FEWEST_NUMBERS <= dimension <= MOST_NUMBERS:
        raise UploadError(
            f"{file_name(name)} must hold embeddings of {FEWEST_NUMBERS} to {MOST_NUMBERS:,} numbers, got {dimension:,}"
        )
    readers: dict[str, Callable[[str], int | None]] = {"age": _age, "sex": _sex, "race": _race}
    allowed = {
        "age": f"a whole number of years from {YOUNGEST} to {OLDEST}",
        "sex": "male or female (m, f)",
        "race": f"one of {', '.join(RACES)}",
    }
    found: dict[str, IntArray | None] = dict.fromkeys((*ATTRIBUTES, "person"))
    for each, column in columns.items():
        texts = extract.texts[column]
        empty = next((place for place, text in enumerate(texts) if not text), None)
        if empty is not None:
            raise UploadError(
                f"{file_name(name)}, column {column}, row {extract.row[empty]:,}, must not be empty: leave the row out, or do "
                f"not use the column as {each}"
            )
        if each == "person":
            found[each] = np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)[1]
            continue
        meanings = {text: readers[each](text) for text in set(texts)}
        wrong = next((place for place, text in enumerate(texts) if meanings[text] is None), None)
        if wrong is not None:
            raise UploadError(
                f"{file_name(name)}, column {column}, row {extract.row[wrong]:,}, must be {allowed[each]}, got "
                f"{few_letters(texts[wrong])}"
            )
        found[each] = np.array([meanings[text] for text in texts], dtype=np.int64)
    own = OwnFaces(extract.numbers, found["age"], found["sex"], found["race"], found["person"])
    _check_spread(own, name)
    check_people(own)
    return own


def check_people(own: OwnFaces) -> None:
    """Raise UploadError where some class has too few people to learn from and to test on."""
    everybody = np.arange(len(own)) if own.person is None else own.person
    who = "faces" if own.person is None else "people"
    if own.people < FEWEST_IN_ALL:
        raise UploadError(f"at least {FEWEST_IN_ALL} {who} are needed to learn from and to test on, got {own.people:,}")
    few = []
    for sex, race in ((s, r) for s in range(len(SEXES)) for r in range(len(RACES))):
        if (own.sex is None and sex) or (own.race is None and race):
            continue
        of_class = np.ones(len(own), dtype=bool)
        of_class &= True if own.sex is None else own.sex == sex
        of_class &= True if own.race is None else own.race == race
        count = len(np.unique(everybody[of_class]))
        if count < FEWEST_PEOPLE:
            words = [RACES[race]] * (own.race is not None) + [SEXES[sex].lower()] * (own.sex is not None)
            few.append(f"{count} {' '.join(words)}")
    if few:
        advice = "Add some" + (", or use no column as race" if own.race is not None else "")
        needed = f"at least {FEWEST_PEOPLE} {who} of each class are needed to learn from and to test on"
        raise UploadError(f"{needed}, got {', '.join(few)}. {advice}")


def _check_spread(own: OwnFaces, name: str) -> None:
    spread = float(own.embeddings.var(axis=0, dtype=np.float64).sum())
    if not 0 < spread < np.inf:
        raise UploadError(f"{file_name(name)} must hold embeddings that differ from each other, got one for all rows")


def _age(text: str) -> int | None:
    match = _WHOLE_YEARS.fullmatch(text)
    return int(match[1]) if match and YOUNGEST <= int(match[1]) <= OLDEST else None


def _sex(text: str) -> int | None:
    return _place(text, SEX_WORDS, SEXES)


def _race(text: str) -> int | None:
    return _place(text, RACE_WORDS, RACES)


def _place(text: str, words: dict[str, tuple[str, ...]], order: tuple[str, ...]) -> int | None:
    plain = re.sub(r"[\s_-]+", " ", text).strip().casefold()
    return next((order.index(name) for name, spelt in words.items() if plain in spelt), None)
