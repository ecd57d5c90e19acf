"""A recipe to start from, made of what was found: every choice stands in it in words, every column that is not used in a comment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geogrid.inspection.report import LayerReport
from geogrid.reading.headings import recognise_columns
from geogrid.schema import ROLES

_UNUSED_SHOWN = 12


def recipe_text(
    layers: Sequence[LayerReport], *, name: str, scheme: str = "", folder: str | Path, choices: Mapping[str, Mapping[str, Any]] = {}
) -> str:
    """Return the TOML of a recipe that lies in `folder`; `read_recipe` reads it.

    One layer a role: where several claim it, the likeliest; the others are named in comments. `scheme` "" chooses one that fits the levels given.
    `choices` are decisions by `LayerReport.key`: `role` ("" leaves the layer out), `crs`, `encoding`, `columns` (ours → theirs, "" not used),
    `homes` (values of `use`), `swap`.
    """
    chosen, left = _chosen(layers, choices)
    scheme = scheme or suggest_scheme(chosen)
    parts = [f"name = {quoted(name)}\nscheme = {quoted(scheme)}\n"]
    parts += [_input(role, layer, choices.get(layer.key, {}), Path(folder)) for role, layer in chosen.items()]
    if "communities" not in chosen and "buildings" in chosen and "community" in _columns("buildings", chosen["buildings"], choices):
        parts.append('[levels.community]\nmake = "column"   # communities are made of the buildings that name them\n')
    parts += [f"# Not used: {_comment(layer, Path(folder))}: {why}\n" for layer, why in left]
    return "\n".join(parts)


def suggest_scheme(roles: Mapping[str, Any]) -> str:
    """Return the built-in scheme that fits the levels which the roles give."""
    if "grids" in roles and "communities" in roles and "streets" in roles and "buildings" not in roles:
        return "street-community-grid"
    return "community-grid-microgrid"


def _chosen(layers: Sequence[LayerReport], choices: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, LayerReport], list[tuple[LayerReport, str]]]:
    """One layer a role, in the order of `ROLES`; and the layers left, each with the reason."""
    by_role: dict[str, list[LayerReport]] = {}
    left = []
    for layer in layers:
        role = choices.get(layer.key, {}).get("role", layer.role)
        if role:
            by_role.setdefault(role, []).append(layer)
        else:
            near = ", ".join(guess.role for guess in layer.roles[:3])
            left.append((layer, f"no role is plain; it could be {near}" if near else "no role fits"))
    chosen = {}
    for role in (role for role in ROLES if role in by_role):
        said = [layer for layer in by_role[role] if "role" in choices.get(layer.key, {})]
        ranked = sorted(said or by_role[role], key=lambda layer: -_score(layer, role))
        chosen[role] = ranked[0]
        left += [(layer, f"{role} are taken from {ranked[0].layer}") for layer in by_role[role] if layer is not ranked[0]]
    return chosen, left


def _score(layer: LayerReport, role: str) -> float:
    return next((guess.score for guess in layer.roles if guess.role == role), 0.0)


def _columns(role: str, layer: LayerReport, choices: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return ours → theirs of a layer in a role: what was found, as far as nobody chose otherwise."""
    apart = ("lon", "lat", "x", "y") if layer.has_geometry else ()
    given = choices.get(layer.key, {}).get("columns", {})
    return recognise_columns(role, [column.name for column in layer.columns], given, apart).columns


def _input(role: str, layer: LayerReport, choice: Mapping[str, Any], folder: Path) -> str:
    columns = _columns(role, layer, {layer.key: choice})
    lines = [f"[inputs.{role}]", f"path = {quoted(_path(layer.file, folder))}"]
    lines += [f"layer = {quoted(layer.layer)}"] if layer.layer and layer.layer != Path(layer.file).stem else []
    lines += _crs(layer, choice)
    lines += [f"encoding = {quoted(choice['encoding'])}"] if choice.get("encoding") else []
    lines += ["swap = true"] if choice.get("swap") else []
    off = [ours for ours, theirs in choice.get("columns", {}).items() if not theirs and ours in ROLES[role].columns]
    said = [f"{ours} = {quoted(theirs)}" for ours, theirs in columns.items()] + [f'{ours} = ""' for ours in off]
    lines += [f"columns = {{ {', '.join(said)} }}"] if said else []
    lines += [f"homes = [{', '.join(quoted(use) for use in choice['homes'])}]"] if choice.get("homes") else []
    return "\n".join([*lines, *_comments(layer, columns)]) + "\n"


def _crs(layer: LayerReport, choice: Mapping[str, Any]) -> list[str]:
    if choice.get("crs"):
        return [f"crs = {quoted(choice['crs'])}"]
    if layer.asked_crs:
        return [f"crs = {quoted(layer.asked_crs)}"]
    if layer.crs or not layer.crs_options:
        return []
    first, *others = layer.crs_options
    inside = "" if first.inside_share is None else f", {first.inside_share:.0%} of its rows inside the other layers"
    also = f"; also fits {', '.join(o.crs for o in others[:5])}" if others else ""
    line = f"crs = {quoted(first.crs)}   # the file does not say: {first.name}{inside}{also}"
    return [line if layer.crs_is_plain else f"# {line}"]


def _comments(layer: LayerReport, columns: Mapping[str, str]) -> list[str]:
    unused = [column for column in layer.columns if column.name not in columns.values() and column.type != "empty"]
    shown = [f"{_plain(column.name)} ({_plain(column.sample[0])})" if column.sample else _plain(column.name) for column in unused]
    more = f", … {len(shown) - _UNUSED_SHOWN} more" if len(shown) > _UNUSED_SHOWN else ""
    lines = [f"# not used: {', '.join(shown[:_UNUSED_SHOWN])}{more}"] if shown else []
    lines += [f"# {ours} could be {' or '.join(map(_plain, theirs))}: say which" for ours, theirs in layer.doubtful.items() if ours not in columns]
    return lines


def _comment(layer: LayerReport, folder: Path) -> str:
    where = _plain(_path(layer.file, folder))
    return where if layer.layer == Path(layer.file).stem else f"{where}, layer {_plain(layer.layer)}"


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
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
