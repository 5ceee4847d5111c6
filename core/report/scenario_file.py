"""The scenario file: what fixes a report's figures, to compute them again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from core import __version__, shipped
from core.checks import shown
from core.scenario import Scenario
from core.staff import Staff
from core.study.evidence import check_staff_size

FORMAT = "faceprint-risk scenario"
FORMAT_VERSION = 1
LARGEST_FILE = 1_000_000
"""Characters. A scenario takes about a thousand."""

_KEYS = ("format", "format_version", "product_version", "scenario", "staff", "own_attacker", "sha256", "models")
_NEEDED = ("format", "format_version", "scenario")


@dataclass(frozen=True)
class ScenarioFile:
    """What stands in a scenario file.

    Parameters
    ----------
    scenario : Scenario
    staff : Staff or None
        The company's own staff, where the figures are about it.
    own_attacker : str
        How an attacker of the visitor's own was known, such as "Measured"; empty for the shipped one. Its data are not here.
    product_version : str
        Of the product that wrote it; empty where the file does not tell.
    models : dict
        SHA-256 of each model file that the figures rest on, by name.
    """

    scenario: Scenario
    staff: Staff | None = None
    own_attacker: str = ""
    product_version: str = ""
    models: dict[str, str] = field(default_factory=dict)

    def differences(self) -> list[str]:
        """Say, in a sentence each, in what this installation differs from the one that wrote the file."""
        found = []
        if self.product_version and self.product_version != __version__:
            found.append(f"The file was written by version {self.product_version}; this is version {__version__}.")
        here = shipped.digests()
        changed = sorted(name for name, digest in self.models.items() if here.get(name) != digest)
        if changed:
            found.append(f"The file was written with other models: {', '.join(changed)}. Figures can differ.")
        if self.own_attacker:
            found.append(
                "The file was written with an own attacker, whose data it does not hold; figures are those of the shipped one."
            )
        return found


def digest(scenario: Scenario, staff: Staff | None = None) -> str:
    """SHA-256 of a scenario, and of the own staff where there is one: of their JSON text without spaces, names in order."""
    values = {"scenario": scenario.to_dict()} | ({} if staff is None else {"staff": staff.to_dict()})
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write(scenario: Scenario, *, staff: Staff | None = None, own_attacker: str = "") -> str:
    """Write a scenario file. Raises DamagedModelError if a model file is not the one that was released."""
    values = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "product_version": __version__,
        "scenario": scenario.to_dict(),
        **({} if staff is None else {"staff": staff.to_dict()}),
        **({"own_attacker": own_attacker} if own_attacker else {}),
        "sha256": digest(scenario, staff),
        "models": shipped.digests(),
    }
    return json.dumps(values, indent=2) + "\n"


def read(text: str) -> ScenarioFile:
    """Read a scenario file, or the bare JSON of a scenario.

    Raises
    ------
    ValueError
        If it is none, or was changed after it was written; the sentence says what is wrong and what to do.
    """
    values = _object(text)
    if "format" not in values:
        return ScenarioFile(Scenario.from_dict(values))
    if values["format"] != FORMAT:
        raise ValueError(f"format of a scenario file must be {FORMAT!r}, got {_short(values['format'])}")
    if values.get("format_version") != FORMAT_VERSION or isinstance(values.get("format_version"), bool):
        raise ValueError(
            f"format version of a scenario file must be {FORMAT_VERSION}, got {_short(values.get('format_version'))}: it was "
            "written by another version of the product, use that one"
        )
    missing, unknown = [name for name in _NEEDED if name not in values], sorted(set(values) - set(_KEYS))
    if missing or unknown:
        raise ValueError(
            f"a scenario file has the entries {', '.join(_KEYS)}, got {'none' if missing else 'also one'} named "
            f"{_short(missing[0] if missing else unknown[0])}"
        )
    scenario = Scenario.from_dict(_mapping("scenario", values["scenario"]))
    staff = Staff.from_dict(_mapping("staff", values["staff"])) if "staff" in values else None
    if staff is not None:
        check_staff_size(staff.size, scenario)
    right = digest(scenario, staff)
    if "sha256" in values and values["sha256"] != right:
        raise ValueError(
            f"sha256 of a scenario file must be {right} for its choices, got {_short(values['sha256'])}: they were "
            "changed after it was written; delete the entry sha256 to use them as they are"
        )
    texts = {name: _text(name, values.get(name, "")) for name in ("own_attacker", "product_version")}
    return ScenarioFile(scenario, staff, models=_models(values.get("models", {})), **texts)


def _object(text: str) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > LARGEST_FILE:
        got = f"{len(text):,} characters" if isinstance(text, str) else shown(text)
        raise ValueError(f"a scenario file must be one JSON object of at most {LARGEST_FILE:,} characters, got {got}")
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"a scenario file must be one JSON object: {error}") from None
    except (ValueError, RecursionError):
        raise ValueError(
            "a scenario file must be one JSON object of plain choices, got one nested too deeply or a huge number"
        ) from None
    return _mapping("a scenario file", values)


def _mapping(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be one JSON object, got a {type(value).__name__}")
    return value


def _models(value: object) -> dict[str, str]:
    return {name: _text("models", each) for name, each in _mapping("models", value).items()}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} of a scenario file must be text, got {_short(value)}")
    return value


def _short(value: object) -> str:
    text = shown(value)
    return text if len(text) <= 80 else f"{text[:80]} ..."
