"""How commands speak: language, progress on a terminal, JSON, tables of findings."""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Mapping
from typing import Any

import click
import pandas as pd

from geogrid.pipeline.stages import STAGES


def language() -> str:
    """Return "zh" where GEOGRID_LANG or the system's language begins with zh, else "en"."""
    said = os.environ.get("GEOGRID_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if said.lower().startswith("zh") else "en"


def show_json(document: Any) -> None:
    """Print one JSON document on stdout, Chinese as it is."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def progress(stage: str, share: float) -> None:
    """Tell on stderr that a stage begins; on a terminal only."""
    if sys.stderr.isatty() and share == 0.0:
        words = STAGES.get(stage, {"zh": stage, "en": stage})
        click.echo(f"… {words[language()]}", err=True)


def findings_json(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Findings (in WGS 84, with `lon` and `lat`) as the interface promises them."""
    rows = []
    for row in found.to_dict("records"):
        size = {name: round(row[name], 3) for name in ("area_m2", "length_m", "value") if pd.notna(row[name])}
        rows.append({**{k: row[k] for k in ("rule", "severity", "level")}, "units": list(row["units"]), **size,
                     **{k: row[k] for k in ("message", "message_zh")}, "lon": _number(row["lon"]), "lat": _number(row["lat"])})  # fmt: skip
    return rows


def _number(value: float) -> float | None:
    return None if pd.isna(value) else round(float(value), 7)


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
