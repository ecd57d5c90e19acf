"""`geogrid events`: how many events are closed in each unit, which are open, and to whom those have come up."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.columns import table_lines
from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.errors import InputError, NotFoundError

if TYPE_CHECKING:
    import pandas as pd

    from geogrid.events import Ledger
    from geogrid.store import Project

LISTED = 10
"""So many units, and open events, are printed."""


@click.command(epilog="Example: geogrid events shuangluan.gpkg --level grid --json")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--level", default="", help="The units that are listed; else communities, or what stands for them.")
@click.option("--at", "when", default="", help="The instant, as 2026-03-01 (its end) or 2026-03-01T08:00; else now, of simulated events their last.")
@click.option("--kind", default="", help="Events of one kind only: the scheme's word or its name.")
@click.option("--plan", default="main", show_default=True, help="A plan, as the draft d1.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def events(path: Path, level: str, when: str, kind: str, plan: str, as_json: bool) -> None:
    """Tell how many events are closed, per unit, by month and kind, and to whom the open ones have come up."""
    from geogrid.cli.reach_told import unit_level
    from geogrid.store import open_project

    with open_project(path, plan=plan) as project:
        level = unit_level(project, level)
        ledger = _ledger(project, kind)
        at_s = _instant(project, ledger, when)
        document = _document(project, ledger, level, at_s)
        if as_json:
            show_json(document)
            return
        click.echo("\n".join(_lines(project, ledger, document, level, zh=language() == "zh")))


def _ledger(project: Project, kind: str) -> Ledger:
    """Return the project's events, of one kind where one is named. Raises NotFoundError."""
    from dataclasses import replace

    from geogrid.events import Ledger, kind_of

    if "events" not in project.site_roles:
        message = f"{project.path.name} has no events: name their file in the recipe, [inputs.events], and build again"
        raise NotFoundError(message, f"{project.path.name} 没有事件：请在配方中写 [inputs.events] 并重新生成", value="events")
    ledger = Ledger.of(project.sites("events"), project.scheme, project.levels)
    if not kind:
        return ledger
    known, wanted = sorted({*ledger.events["kind"], *project.scheme.events} - {""}), kind_of(project.scheme, kind)
    if wanted not in known:
        raise NotFoundError(
            f"no event is of the kind {kind!r}; there are: {', '.join(known)}", f"没有“{kind}”类事件；有：{'、'.join(known)}", value=kind
        )
    return replace(ledger, events=ledger.events[ledger.events["kind"] == wanted])


def _instant(project: Project, ledger: Ledger, text: str) -> float:
    from geogrid.events import read_instant

    if not text:
        return ledger.instant(time.time(), is_simulated=bool(project.meta.get("simulated")))
    at_s = read_instant(text)
    if math.isnan(at_s):
        message = f"--at {text}: write a day or a time, as 2026-03-01 or 2026-03-01T08:00"
        raise InputError(message, f"--at {text}：应写日期或时间，如 2026-03-01 或 2026-03-01T08:00", value=text)
    return at_s


def _document(project: Project, ledger: Ledger, level: str, at_s: float) -> dict[str, Any]:
    """Return all that is told, as JSON: the figures that are printed, and more."""
    from geogrid.events import by_kind, by_month, by_reporter, raised, told_instant

    standing = ledger.standing(at_s)
    rates = ledger.rates(at_s, {level: project.units(level).index.tolist()})
    held = {each: int((ledger.events[each] != "").sum()) for each in project.levels if each in ledger.events}
    return {
        "at": told_instant(at_s),
        "last": told_instant(ledger.last_s),
        **_plain(ledger.count(at_s)),
        "joined": held,
        "unmatched": int((ledger.events[list(held)] == "").all(axis=1).sum()) if held else len(ledger.events),
        "level": level,
        "units": _rows(rates.drop(columns="level")),
        "open_events": _rows(_dated(standing)),
        "raised": _rows(raised(standing)),
        "by_month": _rows(by_month(ledger.events, at_s)),
        "by_kind": _rows(by_kind(ledger.events, at_s)),
        "by_reporter": _rows(by_reporter(ledger.events, at_s)),
    }


def _dated(standing: pd.DataFrame) -> pd.DataFrame:
    """Write the instants of the open events as times."""
    from geogrid.events import told_instant

    dated = {name: [told_instant(each) for each in standing[f"{name}_s"]] for name in ("time", "next")}
    return standing.drop(columns=["time_s", "next_s"]).assign(**dated)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [_plain(row) for row in frame.to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Round shares and days, and write what is not known as null."""
    return {str(key): (None if value != value else round(value, 4)) if isinstance(value, float) else value for key, value in row.items()}


def _lines(project: Project, ledger: Ledger, document: dict[str, Any], level: str, *, zh: bool) -> list[str]:
    facts = {name: f"{document[name]:,}" for name in ("events", "closed", "open")}
    share = "–" if document["share"] is None else f"{100 * document['share']:.2f} %"
    answer = "{events} 件事件，办结 {closed} 件（{share}），未办结 {open} 件；截至 {at}"
    answer_en = "{events} events, {closed} closed ({share}), {open} open; as of {at}"
    lines = [(answer if zh else answer_en).format(**facts, share=share, at=document["at"])]
    if document["unmatched"]:
        lines.append(f"{document['unmatched']:,} 件不在任何单元内" if zh else f"{document['unmatched']:,} lie in no unit")
    return [*lines, *_open_lines(project, ledger, document, zh), *_unit_lines(project, document, level, zh)]


def _open_lines(project: Project, ledger: Ledger, document: dict[str, Any], zh: bool) -> list[str]:
    """Return the open events, the longest overdue first, and where each stands now."""
    found = document["open_events"]
    if not found:
        return []
    heads = ["编号", "类型", "已过天数", "现在到"] if zh else ["id", "kind", "days open", "stands at"]
    cells = [
        [
            row["id"],
            ledger.kind_name(row["kind"]).say(language()),
            "–" if row["age_days"] is None else f"{row['age_days']:.1f}",
            _place(project, row, zh),
        ]
        for row in found[:LISTED]
    ]
    more = len(found) - LISTED
    rest = [f"  … {more:,} 件" if zh else f"  … {more:,} more"] if more > 0 else []
    return ["", "未办结（拖得最久的在前）：" if zh else "open, the longest overdue first:", *table_lines(heads, cells, texts=2), *rest]


def _place(project: Project, row: dict[str, Any], zh: bool) -> str:
    if not row["level"]:
        return "全区" if zh else "the district"
    return f"{project.scheme.level(row['level']).name.say('zh' if zh else 'en')} {row['code']}"


def _unit_lines(project: Project, document: dict[str, Any], level: str, zh: bool) -> list[str]:
    """Return the units with the most open events."""
    rows = sorted(document["units"], key=lambda row: (-row["open"], -row["events"], row["code"]))[:LISTED]
    name = project.scheme.level(level).name.say("zh" if zh else "en")
    heads = ["编码", "事件", "未办结", "办结率"] if zh else ["code", "events", "open", "closed"]
    cells = [[row["code"], f"{row['events']:,}", f"{row['open']:,}", "–" if row["share"] is None else f"{100 * row['share']:.2f} %"] for row in rows]
    return ["", f"未办结最多的{name}：" if zh else f"most open by {name}:", *table_lines(heads, cells)] if rows else []
