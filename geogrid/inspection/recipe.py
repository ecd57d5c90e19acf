"""A recipe to start from, made of what was found: every choice stands in it in words, every column that is not used in a comment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geogrid.catalogue.columns import role_word
from geogrid.crs import is_in_china
from geogrid.inspection.comments import comment
from geogrid.inspection.homes import homes_lines
from geogrid.inspection.report import CrsOption, LayerReport, likely, named_options
from geogrid.reading.headings import recognise
from geogrid.schema import ROLES
from geogrid.scheme import Level, read_scheme

Choices = Mapping[str, Mapping[str, Any]]
_SHOWN = 12
_SEVERAL = ("gpkg", "xlsx", "kml", "gpx", "zip")
"""Formats that can hold several layers, so that a recipe says which."""
_LEVEL_ROLES = ("streets", "communities", "grids", "microgrids")
_NEARLY = 0.6


def recipe_text(
    layers: Sequence[LayerReport],
    *,
    name: str,
    scheme: str = "",
    folder: str | Path,
    choices: Choices = {},
    bounds: Mapping[str, Sequence[int]] = {},
    language: str = "en",
) -> str:
    """Return the TOML of a recipe that is to lie in `folder`; `read_recipe` reads it. Its comments are in `language`, "zh" or "en".

    One layer a role: where several claim it, the likeliest without errors; the others are named in comments. `scheme` "" chooses one that fits the
    levels given; a level that is given and that the scheme would make is taken as given.
    `choices` are people's decisions by `LayerReport.key`: `role` ("" leaves the layer out), `crs`, `encoding`, `columns` (ours → theirs, "" not
    used), `homes` (values of `use`), `swap`. `bounds` are households by level, lower and upper.
    """
    chosen, left = chosen_layers(layers, choices, language)
    columns = {role: _columns(role, layer, choices.get(layer.key, {})) for role, layer in chosen.items()}
    taken = scheme or suggest_scheme(chosen)
    levels = read_scheme(taken).levels
    unknown = {role for role in chosen if role in _LEVEL_ROLES} - {level.role for level in levels}
    parts = [f"name = {quoted(name)}\nscheme = {quoted(taken)}\n"]
    for role, layer in chosen.items():
        said = f"# {comment('no_level', language)}\n" if role in unknown else ""
        parts.append(_input(role, layer, columns[role], choices.get(layer.key, {}), Path(folder), language) + said)
    parts += _levels(levels, chosen, columns.get("buildings", {}), bounds, language)
    if left:
        said = [comment("left_out", language, where=_where(layer, Path(folder), language), why=why) for layer, why in left]
        parts.append("".join(f"# {line}\n" for line in said))
    return "\n".join(parts)


def suggest_scheme(chosen: Mapping[str, LayerReport]) -> str:
    """Return the built-in scheme that fits the levels which the roles give, and the part of the world.

    Given grids are what an office wants checked: streets stay in the plan above them, and without buildings nothing is made below them.
    """
    if {"communities", "grids"} <= set(chosen) and "microgrids" not in chosen and ("streets" in chosen or "buildings" not in chosen):
        return "street-community-grid"
    box = next((layer.bbox for layer in chosen.values() if layer.bbox is not None), None)
    if box is not None and not is_in_china((box[0] + box[2]) / 2, (box[1] + box[3]) / 2):
        return "area-block-group"
    return "community-grid-microgrid"


def chosen_layers(
    layers: Sequence[LayerReport], choices: Choices = {}, language: str = "en"
) -> tuple[dict[str, LayerReport], list[tuple[LayerReport, str]]]:
    """Return one layer a role, in the order of `ROLES`, and the layers left out, each with the reason."""
    by_role: dict[str, list[LayerReport]] = {}
    left = []
    for layer in layers:
        role = choices.get(layer.key, {}).get("role", layer.role)
        if role:
            by_role.setdefault(role, []).append(layer)
        else:
            near = (" 或 " if language == "zh" else " or ").join(_named_role(guess.role, language) for guess in layer.roles[:3])
            left.append((layer, comment("could_be", language, roles=near) if near else comment("no_role", language)))
    chosen: dict[str, LayerReport] = {}
    for role in (role for role in ROLES if role in by_role):
        said = [layer for layer in by_role[role] if "role" in choices.get(layer.key, {})]
        chosen[role] = _best(said or by_role[role], role)
        why = comment("other_layer", language, role=role_word(role, language), layer=_plain(chosen[role].layer))
        left += [(layer, why) for layer in by_role[role] if layer is not chosen[role]]
    return chosen, left


def _named_role(role: str, language: str) -> str:
    return f"{role_word(role, 'zh')} {role}" if language == "zh" else role


def _best(layers: Sequence[LayerReport], role: str) -> LayerReport:
    """Return the likeliest layer, of equals that with most rows; but for one with faulty rows where another without them is nearly as likely."""
    first = max(_score(layer, role) for layer in layers)

    def claim(layer: LayerReport) -> tuple[bool, float, int]:
        faulty = any(not problem.rule.startswith("crs_") for problem in layer.findings_of("error"))
        return _score(layer, role) >= _NEARLY * first and not faulty, _score(layer, role), layer.rows

    return max(layers, key=claim)


def _levels(
    levels: Sequence[Level], chosen: Mapping[str, LayerReport], of_buildings: Mapping[str, str], bounds: Mapping[str, Sequence[int]], language: str
) -> list[str]:
    """Return the tables that override the scheme's levels: those given that it would make, communities that only buildings name, bounds."""
    made = []
    for level in levels:
        lines = []
        if level.role in chosen and level.make != "given":
            lines = [f'make = "given"   # {comment("taken", language, level=role_word(level.role, language))}']
        elif level.id == "community" and "communities" not in chosen and "community" in of_buildings:
            lines = [f'make = "column"   # {comment("by_column", language)}']
        if level.id in bounds:
            low, high = bounds[level.id]
            lines.append(f"households = [{low}, {high}]")
        made += ["\n".join([f"[levels.{level.id}]", *lines, ""])] if lines else []
    return made


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


def _input(role: str, layer: LayerReport, columns: Mapping[str, str], choice: Mapping[str, Any], folder: Path, language: str) -> str:
    lines = [f"[inputs.{role}]", f"path = {quoted(_path(layer.file, folder))}"]
    lines += [f"layer = {quoted(layer.layer)}"] if layer.format in _SEVERAL else []
    lines += _crs(layer, choice, language)
    encoding = choice.get("encoding") or layer.asked_encoding
    lines += [f"encoding = {quoted(encoding)}"] if encoding else []
    lines += [f"columns = {{ {', '.join(f'{ours} = {quoted(theirs)}' for ours, theirs in columns.items())} }}"] if columns else []
    if role == "buildings":
        lines += homes_lines(layer, columns, choice.get("homes", ()), quoted, language)
    return "\n".join([*lines, *_comments(layer, columns, language)]) + "\n"


def _crs(layer: LayerReport, choice: Mapping[str, Any], language: str) -> list[str]:
    """Say CRS and exchanged axes where the file does not: as people chose, or what alone fits; else as a comment to choose from."""
    said = choice.get("crs") or layer.asked_crs
    near = likely(layer.crs_options)
    dms = [f"dms = true   # {comment('dms', language)}"] if layer.dms else []
    lines = [f"crs = {quoted(said)}"] if said else [] if choice.get("swap") else _shifted(layer, language)
    if "swap" in choice or said or not near:
        return [*lines, *(["swap = true"] if choice.get("swap") else []), *dms]
    mark = "" if layer.crs_is_plain else "# "
    if not layer.crs and not (layer.has_default_crs and near[0].crs in ("EPSG:4490", "EPSG:4326")):
        lines = [f"{mark}crs = {quoted(near[0].crs)}   # {_fits(near, language)}"]
    return [*lines, *([f"{mark}swap = true   # {comment('swap', language)}"] if near[0].swap else []), *dms]


def _shifted(layer: LayerReport, language: str) -> list[str]:
    """Offer the shifted datum that a layer lies in by measure, as a comment: only people can say that it does."""
    if layer.crs and layer.crs not in ("EPSG:4490", "EPSG:4326"):
        return []  # metres are of another datum only after a conversion, which no recipe undoes
    datum = next((problem.value for problem in layer.findings if problem.rule == "datum_shift" and problem.value), "")
    return [f"# crs = {quoted(datum)}   # {comment('shifted', language, datum=datum)}"] if datum else []


def _fits(near: Sequence[CrsOption], language: str) -> str:
    first, *others = near
    inside = "" if first.inside_share is None else comment("inside", language, share=first.inside_share)
    also = comment("also", language, options=named_options(others, language)) if others else ""
    return _plain(comment("not_said", language, name=first.name_zh if language == "zh" else first.name, inside=inside, also=also))


def _comments(layer: LayerReport, columns: Mapping[str, str], language: str) -> list[str]:
    said = [comment("by_values", language, ours=ours) for ours in layer.proposed if columns.get(ours) == layer.used.get(ours)]
    word = " 或 " if language == "zh" else " or "
    doubtful = {ours: word.join(map(_plain, theirs)) for ours, theirs in layer.doubtful.items() if ours not in columns}
    said += [comment("doubtful", language, ours=ours, theirs=theirs) for ours, theirs in doubtful.items()]
    unused = [column for column in layer.columns if column.name not in columns.values() and column.type != "empty"]
    unused.sort(key=lambda column: column.type not in ("whole", "number"))  # a figure that is missed matters most
    shown = [f"{_plain(column.name)} ({_plain(column.sample[0])})" if column.sample else _plain(column.name) for column in unused]
    more = comment("more", language, n=len(shown) - _SHOWN) if len(shown) > _SHOWN else ""
    names = ("、" if language == "zh" else ", ").join(shown[:_SHOWN])
    return [f"# {line}" for line in [*said, *([comment("not_used", language, names=names, more=more)] if shown else [])]]


def _where(layer: LayerReport, folder: Path, language: str) -> str:
    where = _plain(_path(layer.file, folder))
    return where if layer.format not in _SEVERAL else where + comment("layer", language, layer=_plain(layer.layer))


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
