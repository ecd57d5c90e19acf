"""How commands speak: progress on a terminal, JSON, tables of findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.language import language
from geogrid.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def show_json(document: Any) -> None:
    """Print one JSON document on stdout, Chinese as it is."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def progress(stage: str, share: float) -> None:
    """Tell on stderr that a stage begins; on a terminal only."""
    if sys.stderr.isatty() and share == 0.0:
        from geogrid.pipeline.stages import STAGES  # only a build has stages, and the pipeline is heavy

        words = STAGES.get(stage, {"zh": stage, "en": stage})
        click.echo(f"… {words[language()]}", err=True)


def check_folder(out: str | None) -> None:
    """Raise InputError where a folder is to be written and a file stands in its place, before the work begins."""
    if out and Path(out).exists() and not Path(out).is_dir():
        raise InputError(f"--out {out}: is a file; name a folder", f"--out {out}：这是一个文件，请写文件夹", file=out)


def show_findings(found: pd.DataFrame, per_rule: int = 5) -> None:
    """Print findings grouped by rule, errors first, the first few of each in words."""
    column = "message_zh" if language() == "zh" else "message"
    for severity in ("error", "warning"):
        part = found[found["severity"] == severity]
        for rule, group in part.groupby("rule", sort=True):
            click.echo(f"{severity}: {rule}: {len(group):,}")
            for message in group[column].head(per_rule):
                click.echo(f"    {message}")
            if len(group) > per_rule:
                click.echo(f"    … {len(group) - per_rule:,} more (--json lists all)")


def show_summary(summary: Mapping[str, Any]) -> None:
    """Print what a build made, level by level."""
    click.echo(f"{summary['name']}  {summary['crs']}  {summary['project']}")
    for level, row in summary["levels"].items():
        bounds = "" if row.get("in_bounds") is None else f"  in bounds {row['in_bounds']:,}  exceptions {row['exceptions']:,}"
        click.echo(f"  {level:<12} units {row['units']:>7,}  households {row['households']:>9,}{bounds}")
    for kind, row in summary["sites"].items():
        click.echo(f"  {kind:<12} {row['n']:>13,}  unmatched {row['unmatched']:,}")
    rejected = sum(summary["rejected"].values())
    click.echo(f"  findings: {summary['findings']['error']:,} errors, {summary['findings']['warning']:,} warnings; rows rejected: {rejected:,}")
