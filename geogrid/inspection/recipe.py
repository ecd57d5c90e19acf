"""A recipe to start from, made of what was found: every choice stands in it in words, every column that is not used in a comment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geogrid.crs import is_in_china
from geogrid.inspection.homes import homes_lines
from geogrid.inspection.report import LayerReport, likely, named_options
from geogrid.reading.headings import recognise
from geogrid.schema import ROLES

Choices = Mapping[str, Mapping[str, Any]]
_SHOWN = 12
_SEVERAL = ("gpkg", "xlsx", "kml", "gpx", "zip")
"""Formats that can hold several layers, so that a recipe says which."""


def recipe_text(layers: Sequence[LayerReport], *, name: str, scheme: str = "", folder: str | Path, choices: Choices = {}) -> str:
    """Return the TOML of a recipe that is to lie in `folder`; `read_recipe` reads it.

    One layer a role: where several claim it, the likeliest; the others are named in comments. `scheme` "" chooses one that fits the levels given.
    `choices` are people's decisions by `LayerReport.key`: `role` ("" leaves the layer out), `crs`, `encoding`, `columns` (ours → theirs, "" not
    used), `homes` (values of `use`), `swap`.
    """
    chosen, left = chosen_layers(layers, choices)
    columns = {role: _columns(role, layer, choices.get(layer.key, {})) for role, layer in chosen.items()}
    parts = [f"name = {quoted(name)}\nscheme = {quoted(scheme or suggest_scheme(chosen))}\n"]
    parts += [_input(role, layer, columns[role], choices.get(layer.key, {}), Path(folder)) for role, layer in chosen.items()]
    if "communities" not in chosen and "community" in columns.get("buildings", {}):
        parts.append('[levels.community]\nmake = "column"   # communities are made of the buildings that name them\n')
    if left:
        parts.append("".join(f"# left out: {_where(layer, Path(folder))}: {why}\n" for layer, why in left))
    return "\n".join(parts)


def suggest_scheme(chosen: Mapping[str, LayerReport]) -> str:
    """Return the built-in scheme that fits the levels which the roles give, and the part of the world."""
    if {"streets", "communities", "grids"} <= set(chosen) and "buildings" not in chosen:
        return "street-community-grid"
    box = next((layer.bbox for layer in chosen.values() if layer.bbox is not None), None)
    if box is not None and not is_in_china((box[0] + box[2]) / 2, (box[1] + box[3]) / 2):
        return "area-block-group"
    return "community-grid-microgrid"


def chosen_layers(layers: Sequence[LayerReport], choices: Choices = {}) -> tuple[dict[str, LayerReport], list[tuple[LayerReport, str]]]:
    """Return one layer a role, in the order of `ROLES`, and the layers left out, each with the reason."""
    by_role: dict[str, list[LayerReport]] = {}
    left = []
    for layer in layers:
        role = choices.get(layer.key, {}).get("role", layer.role)
        if role:
            by_role.setdefault(role, []).append(layer)
        else:
            near = " or ".join(guess.role for guess in layer.roles[:3])
            left.append((layer, f"it could be {near}; say which" if near else "no role fits"))
    chosen: dict[str, LayerReport] = {}
    for role in (role for role in ROLES if role in by_role):
        said = [layer for layer in by_role[role] if "role" in choices.get(layer.key, {})]
        chosen[role] = max(said or by_role[role], key=lambda layer: _score(layer, role))
        left += [(layer, f"{role} come from {chosen[role].layer}") for layer in by_role[role] if layer is not chosen[role]]
    return chosen, left


def _score(layer: LayerReport, role: str) -> float:
    return next((guess.score for guess in layer.roles if guess.role == role), 0.0)


def _columns(role: str, layer: LayerReport, choice: Mapping[str, Any]) -> dict[str, str]:
    """Return ours → theirs: what people chose, else what was found. A column that people gave to one of ours leaves the others."""
    names = [column.name for column in layer.columns]
    given = {ours: theirs for ours, theirs in choice.get("columns", {}).items() if ours in ROLES[role].columns and (not theirs or theirs in names)}
    found = dict(layer.used) if role == layer.role else recognise(role, names)
    if layer.has_geometry:
        found = {ours: theirs for ours, theirs in found.items() if ours not in ("lon", "lat", "x", "y")}
    found = {ours: theirs for ours, theirs in found.items() if ours not in given and theirs not in given.values()} | given
    return {ours: found[ours] for ours in ROLES[role].columns if ours in found}


def _input(role: str, layer: LayerReport, columns: Mapping[str, str], choice: Mapping[str, Any], folder: Path) -> str:
    lines = [f"[inputs.{role}]", f"path = {quoted(_path(layer.file, folder))}"]
    lines += [f"layer = {quoted(layer.layer)}"] if layer.format in _SEVERAL else []
    lines += _crs(layer, choice)
    encoding = choice.get("encoding") or layer.asked_encoding
    lines += [f"encoding = {quoted(encoding)}"] if encoding else []
    lines += [f"columns = {{ {', '.join(f'{ours} = {quoted(theirs)}' for ours, theirs in columns.items())} }}"] if columns else []
    if role == "buildings":
        lines += homes_lines(layer, columns, choice.get("homes", ()), quoted)
    return "\n".join([*lines, *_comments(layer, columns)]) + "\n"


def _crs(layer: LayerReport, choice: Mapping[str, Any]) -> list[str]:
    """Say CRS and exchanged axes where the file does not: as people chose, or what alone fits; else as a comment to choose from."""
    said = choice.get("crs") or layer.asked_crs
    near = likely(layer.crs_options)
    dms = ["dms = true   # degrees, minutes and seconds"] if layer.dms else []
    lines = [f"crs = {quoted(said)}"] if said else []
    if "swap" in choice or said or not near:
        return [*lines, *(["swap = true"] if choice.get("swap") else []), *dms]
    first, *others = near
    mark = "" if layer.crs_is_plain else "# "
    if not layer.crs and not (layer.has_default_crs and first.crs in ("EPSG:4490", "EPSG:4326")):
        inside = "" if first.inside_share is None else f", {first.inside_share:.0%} of its rows inside the other layers"
        also = f"; it could also be {named_options(others)}" if others else ""
        lines = [f"{mark}crs = {quoted(first.crs)}   # the file does not say: {_plain(first.name)}{inside}{_plain(also)}"]
    return [*lines, *([f"{mark}swap = true   # x and y are exchanged in the file"] if first.swap else []), *dms]


def _comments(layer: LayerReport, columns: Mapping[str, str]) -> list[str]:
    by_values = [ours for ours in layer.proposed if columns.get(ours) == layer.used.get(ours)]
    lines = [f"# {ours}: by its values, not by its heading; check it" for ours in by_values]
    lines += [f"# {ours} could be {' or '.join(map(_plain, theirs))}: say which" for ours, theirs in layer.doubtful.items() if ours not in columns]
    unused = [column for column in layer.columns if column.name not in columns.values() and column.type != "empty"]
    unused.sort(key=lambda column: column.type not in ("whole", "number"))  # a figure that is missed matters most
    shown = [f"{_plain(column.name)} ({_plain(column.sample[0])})" if column.sample else _plain(column.name) for column in unused]
    more = f", … {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return lines + ([f"# not used: {', '.join(shown[:_SHOWN])}{more}"] if shown else [])


def _where(layer: LayerReport, folder: Path) -> str:
    where = _plain(_path(layer.file, folder))
    return where if layer.format not in _SEVERAL else f"{where}, layer {_plain(layer.layer)}"


def _path(file: str, folder: Path) -> str:
    """Name a file as seen from the recipe's folder."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return Path(file).absolute().as_posix()


def quoted(text: str) -> str:
    r"""Quote a text for TOML: JSON's escapes are TOML's, but for DEL.

    >>> quoted('a"b'), quoted("层数\n")
    ('"a\\"b"', '"层数\\n"')
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """A text for a comment: on one line, without control characters."""
    return "".join(c if c.isprintable() else "?" for c in (text if text.isprintable() else " ".join(text.split())))
