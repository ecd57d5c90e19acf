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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geogrid.errors import GeogridError
from web.importing_files import dropped, layers_of, loose_parts, with_parts
from web.importing_mending import as_mended, mend_layers
from web.importing_store import Place, State, write_whole

Tell = Callable[[str, float], None]
Report = Any
"""A `geogrid.inspection.LayerReport`."""


def digest_of(place: Place, state: State) -> str:
    """Return what a reading rests on, as one word: the files as they are, and all that was chosen."""
    files = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in dropped(place.files)]
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
        made: dict[str, Any] = {
            "digest": digest,
            "layers": [_shown(report) for report in reports],
            "refused": refused,
            "loose": loose_parts(place.files),
            "problem": None,
            "name": "",
            "scheme": state["scheme"],
            "twins": {},
            "rows": {},
            "findings": [],
            "rejected": 0,
            "mending": {},
        }
        rejected: list[dict[str, Any]] = []
        place.recipe.unlink(missing_ok=True)
        if any(state["layers"].get(report.key, {}).get("role", report.role) for report in reports):
            tell("rows", 0.0)
            try:
                made["mending"] = mend_layers(place, state, reports)
                made |= _write_recipe(place, state, reports, made["mending"])
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
                if beside and all(report.crs_stated and not report.asked_crs for report in found.get(path.name, ())):
                    continue  # it says itself where it lies
                try:
                    found[path.name] = self._file(place, path, state, others if beside else None)
                except GeogridError as error:
                    found.pop(path.name, None)
                    refused.append(_refused(path.name, error))
        return [report for path in paths for report in found.get(path.name, ())], refused

    def _file(self, place: Place, path: Path, state: State, others: Sequence[Report] | None) -> tuple[Report, ...]:
        chosen = {key: choice for key, choice in state["layers"].items() if key.startswith(path.name + "|")}
        parts = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(with_parts(place.files, path.name))]
        made_of = json.dumps([parts, chosen, others and [report.bbox for report in others]], sort_keys=True, ensure_ascii=False)
        slot = (place.id, path.name + ("" if others is None else "|beside"))
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
    return {**_plain(report.to_json()), "file": Path(report.file).name, "crs_is_plain": report.crs_is_plain}


def _inspected(path: Path, chosen: Mapping[str, Mapping[str, Any]], others: Sequence[Report] | None) -> tuple[Report, ...]:
    """Inspect a file with what was chosen for its layers.

    The CRS that was chosen places a layer for the others (`others` None); the report that is shown goes without, so that it still lists them all.
    A choice that the file can not be read with is left out here, and stops the trial reading, which says so.
    """
    from geogrid.inspection import inspect_file

    reports = []
    for report in inspect_file(path, beside=others or ()):
        choice = chosen.get(report.key, {})
        asked = {name: choice[name] for name in ("encoding", "role") if choice.get(name)}
        if others is None and choice.get("crs") and not choice.get("swap"):
            asked["crs"] = choice["crs"]
        try:
            reports += inspect_file(path, layer=report.layer, beside=others or (), **asked) if asked else [report]
        except GeogridError:
            reports.append(report)
    return tuple(reports)


def _write_recipe(place: Place, state: State, reports: Sequence[Report], mending: Mapping[str, Any]) -> dict[str, Any]:
    """Write the recipe; return what of it the page shows: which layers are left out because another plays their role, the name and the scheme."""
    from geogrid.inspection import recipe_text
    from geogrid.inspection.recipe import chosen_layers, suggest_scheme

    chosen, left = chosen_layers(reports, state["layers"])
    scheme, name = state["scheme"] or suggest_scheme(chosen), state["name"] or _suggested_name(chosen)
    layers, choices = as_mended(reports, state["layers"], mending, place)
    told = {"name": name or "新项目", "scheme": scheme, "bounds": state["bounds"], "language": "zh"}
    text = recipe_text(layers, **told, folder=place.files, choices=choices)
    write_whole(place.recipe, text.encode())
    twins = {report.key: state["layers"].get(report.key, {}).get("role", report.role) for report, _ in left}
    return {"name": name, "scheme": scheme, "twins": {key: role for key, role in twins.items() if role}}


def _suggested_name(chosen: Mapping[str, Report]) -> str:
    """Return the name that the outline's one row bears, "" where there is none."""
    district = chosen.get("district")
    sample = next((column.sample for column in district.columns if column.ours == "name"), ()) if district and district.rows == 1 else ()
    return sample[0] if sample else ""


def _reviewed(place: Place, made: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from geogrid.inspection import review

    found = review(place.recipe)
    rows = [{name: "" if value is None or value != value else value for name, value in row.items()} for row in found.rejected.to_dict("records")]
    rejected = [{**row, "row": int(row["row"]), "value": str(row["value"])} for row in rows]
    findings = found.findings.drop(columns="geometry", errors="ignore")
    says = [{name: str(row[name]) for name in ("rule", "severity", "level", "message", "message_zh")} for row in findings.to_dict("records")]
    said_of = [{**row, **origin} for row, origin in zip(says, found.origins, strict=True)]
    counts = {role: _plain(dict(row)) for role, row in found.rows.items()}
    return {**made, "rows": counts, "findings": [row for row in said_of if row["rule"] != "row_rejected"], "rejected": len(rejected)}, rejected


def said(error: GeogridError) -> dict[str, Any]:
    """Return an error as the page shows it: without the folder that the service happens to keep the files in."""
    return {"message": without_folder(error.message), "message_zh": without_folder(error.message_zh), "field": str(error.facts.get("field", ""))}


def _refused(name: str, error: GeogridError) -> dict[str, Any]:
    """Return why a file can not be read; its name stands before it on the page."""
    told = said(error)
    short = {key: told[key].removeprefix(name).lstrip(":： ") for key in ("message", "message_zh")}
    return {**told, **short, "file": name}


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
