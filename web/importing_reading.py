"""What the files of an import hold: inspected, put into a recipe with what was chosen, read on trial, and drawn small for the map.

files + choices → reports of the layers → recipe.toml → rows that can not be used → reading.json, rejected.json, preview.json
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geogrid.errors import GeogridError, InputError
from web.importing_files import layers_of, loose_parts, with_parts
from web.importing_store import Place, State, write_whole

Tell = Callable[[str, float], None]
Report = Any
"""A `geogrid.inspection.LayerReport`."""
CHOICES = ("role", "crs", "encoding", "columns", "swap")


def key_of(file: str, layer: str) -> str:
    """Return what a layer is called in an import: no file name holds the bar."""
    return f"{file}|{layer}"


def digest_of(place: Place, state: State) -> str:
    """Return what a reading rests on, as one word: the files as they are, and all that was chosen."""
    files = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(place.files.iterdir()) if not p.name.startswith(".")]
    chosen = {name: state[name] for name in ("name", "scheme", "layers", "bounds")}
    return hashlib.sha256(json.dumps([files, chosen], sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class _Kept:
    made_of: str
    reports: tuple[Report, ...]


class Reader:
    """Reads imports; what was inspected is kept in memory, so that a choice for one file does not read the others again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._lock = threading.Lock()

    def read(self, place: Place, state: State, tell: Tell) -> dict[str, Any]:
        """Inspect, write the recipe, read it on trial, draw; save and return what the page shows."""
        digest = digest_of(place, state)
        reports, refused = self._inspect(place, state, tell)
        reports = _one_each(reports, state)
        made: dict[str, Any] = {
            "digest": digest,
            "layers": [_shown(report) for report in reports],
            "refused": refused,
            "loose": loose_parts(place.files),
            "problem": None,
            "rows": {},
            "findings": [],
            "rejected": 0,
        }
        rejected: list[dict[str, Any]] = []
        place.recipe.unlink(missing_ok=True)
        if any(report.role for report in reports):
            tell("rows", 0.0)
            try:
                _write_recipe(place, state, reports)
                made, rejected = _reviewed(place, made)
            except GeogridError as error:
                made["problem"] = said(error)
        tell("preview", 0.0)
        from web.importing_preview import preview

        place.save("rejected", rejected)
        place.save("preview", preview(place, made["layers"], rejected))
        place.save("reading", made)
        return made

    def _inspect(self, place: Place, state: State, tell: Tell) -> tuple[list[Report], list[dict[str, Any]]]:
        """Return the reports of all layers that can be read, and the files that can not. What others hold helps to place a layer."""
        paths, refused = layers_of(place.files), []
        found: dict[str, tuple[Report, ...]] = {}
        for beside in (False, True):
            for i, path in enumerate(paths):
                tell("inspect", (i + len(paths) * beside) / (2 * len(paths)))
                others = [report for name, reports in found.items() if name != path.name for report in reports] if beside else []
                if beside and (path.name not in found or not others):
                    continue
                try:
                    found[path.name] = self._file(place, path, state, others)
                except GeogridError as error:
                    found.pop(path.name, None)
                    refused.append({"file": path.name, **said(error)})
        return [report for path in paths for report in found.get(path.name, ())], refused

    def _file(self, place: Place, path: Path, state: State, others: Sequence[Report]) -> tuple[Report, ...]:
        chosen = {key: choice for key, choice in state["layers"].items() if key.startswith(path.name + "|")}
        parts = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(with_parts(place.files, path.name))]
        made_of = json.dumps([parts, chosen, [report.to_json()["bbox"] for report in others]], sort_keys=True, ensure_ascii=False)
        slot = (place.id, path.name + ("|beside" if others else ""))
        with self._lock:
            kept = self._kept.get(slot)
        if kept is None or kept.made_of != made_of:
            kept = _Kept(made_of, _inspected(path, chosen, others))
            with self._lock:
                self._kept[slot] = kept
        return kept.reports

    def forget(self, place: Place) -> None:
        """Forget what was inspected of an import that is gone."""
        with self._lock:
            for slot in [slot for slot in self._kept if slot[0] == place.id]:
                del self._kept[slot]


def _shown(report: Report) -> dict[str, Any]:
    file = Path(report.file).name
    return {**_plain(report.to_json()), "key": key_of(file, report.layer), "file": file}


def _inspected(path: Path, chosen: Mapping[str, Mapping[str, Any]], others: Sequence[Report]) -> tuple[Report, ...]:
    from geogrid.inspection import inspect_file

    reports = []
    for report in inspect_file(path, beside=others):
        choice = chosen.get(key_of(path.name, report.layer), {})
        asked = {name: choice[name] for name in ("crs", "encoding", "role") if choice.get(name)}
        reports += inspect_file(path, layer=report.layer, beside=others, **asked) if asked else [report]
    return tuple(reports)


def _one_each(reports: Sequence[Report], state: State) -> list[Report]:
    """Give no role to two layers unless somebody chose so: the likelier one keeps it, the other waits for a choice; chosen "" means not used."""
    chosen = {key: choice["role"] for key, choice in state["layers"].items() if choice.get("role") is not None}
    keys = [key_of(Path(report.file).name, report.layer) for report in reports]
    taken = {chosen[key] for key in keys if chosen.get(key)}
    order = sorted(range(len(reports)), key=lambda i: (-_score(reports[i]), i))
    roles = {i: chosen.get(keys[i], reports[i].role) for i in range(len(reports))}
    for i in order:
        if keys[i] not in chosen and roles[i]:
            if roles[i] in taken:
                roles[i] = ""
            taken.add(roles[i])
    return [report if report.role == roles[i] else replace(report, role=roles[i]) for i, report in enumerate(reports)]


def _score(report: Report) -> float:
    return max((float(each["score"]) for each in report.to_json()["roles"] if each["role"] == report.role), default=0.0)


def _write_recipe(place: Place, state: State, reports: Sequence[Report]) -> None:
    from geogrid.inspection import recipe_text

    used = [report for report in reports if report.role]
    for i, report in enumerate(used):
        twin = next((other for other in used[:i] if other.role == report.role), None)
        if twin is not None:
            names = f"{Path(twin.file).name} {twin.layer}", f"{Path(report.file).name} {report.layer}"
            message = f"{names[0]} and {names[1]} both play the role {report.role}; a role takes one layer: choose another for one of them"
            message_zh = f"{names[0]} 与 {names[1]} 都选了同一角色；一个角色只用一个图层，请改其中一个"
            raise InputError(message, message_zh, file=names[1], role=report.role)
    choices = {key: choice for key, choice in state["layers"].items() if choice}
    text = recipe_text(used, name=state["name"] or "import", scheme=state["scheme"], folder=place.folder, choices=choices)
    bounds = "".join(f"\n[levels.{level}]\nhouseholds = [{low}, {high}]\n" for level, (low, high) in sorted(state["bounds"].items()))
    write_whole(place.recipe, (text.rstrip("\n") + "\n" + bounds).encode())


def _reviewed(place: Place, made: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from geogrid.inspection import review

    found = review(place.recipe)
    rows = [{name: "" if value is None or value != value else value for name, value in row.items()} for row in found.rejected.to_dict("records")]
    rejected = [{**row, "row": int(row["row"]), "value": str(row["value"])} for row in rows]
    findings = found.findings.drop(columns="geometry", errors="ignore")
    said_of = [{name: str(row[name]) for name in ("rule", "severity", "level", "message", "message_zh")} for row in findings.to_dict("records")]
    counts = {role: _plain(dict(row)) for role, row in found.rows.items()}
    return {**made, "rows": counts, "findings": [row for row in said_of if row["rule"] != "row_rejected"], "rejected": len(rejected)}, rejected


def said(error: GeogridError) -> dict[str, Any]:
    """Return an error as the page shows it: without the folder that the service happens to keep the files in."""
    return {"message": without_folder(error.message), "message_zh": without_folder(error.message_zh), "field": str(error.facts.get("field", ""))}


def without_folder(text: str) -> str:
    """Take the path of an import's folder out of a sentence, the file name stays.

    >>> without_folder("/srv/d.imports/abcdefghijklmnopqrstuv/files/楼栋.shp: its .shx is missing")
    '楼栋.shp: its .shx is missing'
    """
    return re.sub(r"(?:[A-Za-z]:)?[/\\][^\s：:]*?\.imports[/\\][A-Za-z0-9_-]{22}[/\\](?:files[/\\])?", "", text)


def _plain(value: Any) -> Any:
    """Return what JSON can hold: NaN is none, numpy's numbers are numbers, whatever else is text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)
