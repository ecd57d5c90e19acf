"""How commands speak: progress on a terminal, JSON, tables of findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.catalogue import rule_title
from geogrid.catalogue.amounts import figure
from geogrid.cli.language import language
from geogrid.errors import InputError, one_line

if TYPE_CHECKING:
    import pandas as pd

    from geogrid.organisation.faults import Fault

NOTES = ("file_note", "datum_shift")
"""Rules of what a reading passed over, converted or took for granted."""


def show_json(document: Any) -> None:
    """Print one JSON document on stdout, Chinese as it is."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def progress(stage: str, share: float) -> None:
    """Tell on stderr that a stage begins; on a terminal only."""
    if sys.stderr.isatty() and share == 0.0:
        from geogrid.pipeline.stages import SIMULATING, STAGES  # only a build has stages, and the pipeline is heavy

        words = (STAGES | SIMULATING).get(stage, {"zh": stage, "en": stage})
        click.echo(f"… {words[language()]}", err=True)


def check_folder(out: str | None) -> None:
    """Raise InputError where a folder is to be written and a file stands in its place, before the work begins."""
    if out and Path(out).exists() and not Path(out).is_dir():
        raise InputError(f"--out {out}: is a file; name a folder", f"--out {out}：这是一个文件，请写文件夹", file=out)


def show_findings(found: pd.DataFrame, per_group: int = 5, lists: str = "--features") -> None:
    """Print findings grouped by rule and level, errors first: how many, how large in all, the largest few in words, with row and place.

    `lists`: the option of the command that, beside --json, lists all of them.
    """
    zh = language() == "zh"
    for severity in ("error", "warning"):
        part = found[found["severity"] == severity]
        for (rule, level), group in part.groupby(["rule", "level"], sort=True):
            click.echo(_heading(severity, str(rule), str(level), group, zh))
            sizes = group[["area_m2", "length_m", "value"]].abs().max(axis=1).fillna(0)
            for at in sizes.sort_values(ascending=False, kind="stable").index[:per_group]:
                click.echo(f"    {_line(group.loc[at], zh)}")
            if (left := len(group) - per_group) > 0:
                click.echo(f"    … 还有 {left:,} 处（--json、{lists} 列出全部）" if zh else f"    … {left:,} more (--json and {lists} list all)")


def _heading(severity: str, rule: str, level: str, group: pd.DataFrame, zh: bool) -> str:
    """Say what a group is: `error: gap: 3 (microgrid), 12.5 m² in all`."""
    total = float(group["area_m2"].sum()) if len(group) > 1 else 0.0
    amount = figure(total)
    if zh:
        title = f"{'错误' if severity == 'error' else '警告'}：{rule_title(rule, 'zh')}（{rule}）：{len(group):,} 处"
        return title + (f"，层级 {level}" if level else "") + (f"，共 {amount} 平方米" if total > 0 else "")
    return f"{severity}: {rule}: {len(group):,}" + (f" ({level})" if level else "") + (f", {amount} m² in all" if total > 0 else "")


def _line(row: pd.Series, zh: bool) -> str:
    """Say a finding: its sentence, the rows of the file, a point on it."""
    said = [row["message_zh" if zh else "message"]]
    if row["rows"]:
        listed = ", ".join(map(str, row["rows"][:4])) + (" …" if len(row["rows"]) > 4 else "")
        said.append(f"[第 {listed} 行]" if zh else f"[row {listed}]")
    if row["lon"] == row["lon"]:  # NaN where it has no place
        said.append(f"@ {row['lon']:.6f},{row['lat']:.6f}")
    return " ".join(said)


def told_faults(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Return rows of the tables of people that can not be used, as JSON: table, row, message in both languages."""
    return [{"table": fault.table, "row": fault.row, "message": fault.en, "message_zh": fault.zh} for fault in faults]


def show_faults(told: Sequence[Mapping[str, Any]], most: int = 10) -> None:
    """Print what `told_faults` tells, of many rows the first."""
    zh = language() == "zh"
    for fault in told[:most]:
        said = f"{fault['table']} 第 {fault['row']} 行：{fault['message_zh']}" if zh else f"{fault['table']} row {fault['row']}: {fault['message']}"
        click.echo(one_line(f"  ! {said}"))
    if (left := len(told) - most) > 0:
        click.echo(f"  …… 还有 {left:,} 行" if zh else f"  … {left:,} more rows")


def note_lines(found: pd.DataFrame, language: str, most: int = 20) -> list[str]:
    """Return what a build passed over, converted or took for granted: the notes on files and the layers that look shifted, a line each."""
    said = found.loc[found["rule"].isin(NOTES), "message_zh" if language == "zh" else "message"].tolist()
    left = len(said) - most
    return [*said[:most], *([f"……还有 {left:,} 条，见检查结果" if language == "zh" else f"… {left:,} more among the findings"] if left > 0 else [])]


def show_summary(summary: Mapping[str, Any], found: pd.DataFrame) -> None:
    """Print what a build made, level by level, and how many findings of which rule."""
    zh = language() == "zh"
    click.echo(f"{summary['name']}  {summary['crs']}  {summary['project']}")
    for level, row in summary["levels"].items():
        units, households = f"{row['units']:>7,}", f"{row['households']:>9,}"
        bounds = "" if row.get("in_bounds") is None else _bounds(row, zh)
        click.echo(f"  {level:<12} " + (f"单元 {units}  户数 {households}" if zh else f"units {units}  households {households}") + bounds)
    for kind, row in summary["sites"].items():
        click.echo(f"  {kind:<12} {row['n']:>13,}  {'没有归属' if zh else 'unmatched'} {row['unmatched']:,}")
    for severity, title in (("error", "错误" if zh else "errors"), ("warning", "警告" if zh else "warnings")):
        rules = found.loc[found["severity"] == severity, "rule"].value_counts(sort=False).sort_index().items()
        listed = [f"{rule_title(str(rule), 'zh')} {n:,}" if zh else f"{rule} {n:,}" for rule, n in rules]
        said = (f"（{'、'.join(listed)}）" if zh else f" ({', '.join(listed)})") if listed else ""
        click.echo(f"  {title}{'：' if zh else ': '}{summary['findings'][severity]:,}{said}")
    rejected = sum(summary["rejected"].values())
    click.echo(f"  {'没有采用的行：' if zh else 'rows rejected: '}{rejected:,}")


def _bounds(row: Mapping[str, Any], zh: bool) -> str:
    if zh:
        return f"  在规定户数内 {row['in_bounds']:,}  例外 {row['exceptions']:,}"
    return f"  in bounds {row['in_bounds']:,}  exceptions {row['exceptions']:,}"
