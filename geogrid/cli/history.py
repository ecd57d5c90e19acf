"""`geogrid log` and `diff`: who changed what, when and why, and what lies between two versions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.exported import note_export
from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.sheets.words import CHANGES

if TYPE_CHECKING:
    from geogrid.edit import State
    from geogrid.edit.diff import Diff
    from geogrid.store import Project
    from geogrid.store.records import Entry

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIGURES = ("change", *(f"{name}_{side}" for name in ("code", "name", "parent", "households") for side in ("before", "after")))


@click.command(epilog="Example: geogrid log lubei.gpkg --since 12")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--plan", default="main", show_default=True, help="The plan whose log it is.")
@click.option("--since", default=0, type=click.IntRange(min=0), help="Only what came after this version.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def log(path: Path, plan: str, since: int, as_json: bool) -> None:
    """List the versions of a plan, the oldest first: when, who, what, which units, why."""
    from geogrid.store import open_project

    with open_project(path, plan=plan) as project:
        version, entries = project.version, project.log(since)
    if as_json:
        show_json({"version": version, "edits": [_row(entry) for entry in entries]})
        return
    zh = language() == "zh"
    for entry in entries:
        kind = CHANGES.get(entry.kind, (entry.kind, ""))[0] if zh else entry.kind
        units = ", ".join(entry.units[:4]) + (" …" if len(entry.units) > 4 else "")
        click.echo("\t".join((str(entry.version), entry.time[:19], entry.author, kind, units, entry.reason)))
    click.echo(f"方案 {plan} 现为第 {version} 版" if zh else f"plan {plan} is at version {version}", err=True)


def _row(entry: Entry) -> dict[str, Any]:
    facts = {"version": entry.version, "time": entry.time, "user": entry.author, "reason": entry.reason, "kind": entry.kind, "edit": dict(entry.edit)}
    return {**facts, "units": list(entry.units), "undoes": entry.undoes, "valid_from": entry.valid_from}


@click.command(epilog="Example: geogrid diff lubei.gpkg 2026-03-01 main --level grid --out changed.geojson")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.argument("a")
@click.argument("b")
@click.option("--level", help="One level; --out needs it where several have changed.")
@click.option("--plan", default="main", show_default=True, help="The plan that versions and dates are of.")
@click.option("--out", type=click.Path(path_type=Path), help="Changed units and moved pieces as .geojson or .csv.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def diff(path: Path, a: str, b: str, level: str | None, plan: str, out: Path | None, as_json: bool) -> None:
    """Compare A with B, each a version, a date or the name of a plan: units that changed, households that moved."""
    from geogrid.edit.diff import diff_states
    from geogrid.exchange.differences import write_difference
    from geogrid.store import open_project

    with open_project(path, plan=plan) as project:
        levels = [project.scheme.level(level).id] if level else project.levels
        before, after = (_state(project, each) for each in (a, b))
        about = {"simulated": True} if project.meta.get("simulated") else {}
    found = [diff for diff in (diff_states(before, after, each) for each in levels) if diff or level]
    if out:
        if len(found) > 1:
            several = ", ".join(diff.level for diff in found)
            zh = f"{several} 都有变化：请用 --level 指明写入 {out} 的是哪一级"
            raise click.UsageError(zh if language() == "zh" else f"{several} have changed: say with --level which of them goes into {out}")
        write_difference(found[0] if found else diff_states(before, after, levels[-1]), out, about)
        note_export(path, f"diff {out.name}")
    if as_json:
        show_json({"a": _named(before), "b": _named(after), "levels": {diff.level: _figures(diff) for diff in found}})
    else:
        for each in found:
            _show(each)
        if not found:
            click.echo("没有差异" if language() == "zh" else "nothing differs")


def _state(project: Project, named: str) -> State:
    """Return the state that a version, a date or the name of a plan means: versions and dates are of the project's plan."""
    is_moment = named.isdecimal() or _DATE.fullmatch(named)
    with project.of(project.plan_id, named) if is_moment else project.of(named) as there:
        return there.state()


def _named(state: State) -> dict[str, Any]:
    return {"plan": state.plan, "version": state.version, "state": state.state}


def _plain(value: Any) -> Any:
    """Return a value as it stands in JSON: null for what is not there, whole numbers whole."""
    if value == "" or value != value:
        return None
    return int(value) if isinstance(value, float) else value


def _figures(diff: Diff) -> dict[str, Any]:
    """Return the differences of a level as JSON values; null for what is not there."""
    units = [{name: _plain(row[name]) for name in _FIGURES} for row in diff.units.to_dict("records")]
    pieces = diff.pieces[["from", "to", "households", "cells", "whole"]].to_dict("records")
    return {"households": diff.households, "cells": diff.cells, "units": units, "pieces": pieces}


def _show(diff: Diff) -> None:
    zh = language() == "zh"
    units, households = len(diff.units), diff.households
    click.echo(
        f"{diff.level}：{units:,} 个单元有变，{households:,} 户改换单元"
        if zh
        else f"{diff.level}: {units:,} units changed, {households:,} households moved"
    )
    for unit in diff.units.itertuples():
        codes = unit.code_before if unit.code_before == unit.code_after else f"{unit.code_before or '-'} → {unit.code_after or '-'}"
        counts = [("-" if n != n else f"{int(n):,}") for n in (unit.households_before, unit.households_after)]
        click.echo(f"  {codes}\t{unit.change}\t{counts[0]} → {counts[1]}")
