"""What `geogrid reach` asks of a part of the reach and what that answers; which units are listed, and rows as JSON has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geogrid.catalogue import rule_title
from geogrid.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from geogrid.store import Project


WORST = 5
"""So many units, and findings of a kind, are named."""
_FINDINGS = ("rule", "severity", "level", "units", "value", "message", "message_zh")


@dataclass(frozen=True)
class Ask:
    """What is asked of a reach: the options of the command. `best`: so many new places, 0 for none."""

    kinds: tuple[str, ...] = ()
    minutes: tuple[float, ...] = ()
    level: str = ""
    best: int = 0
    ptz: str = "1"
    lang: str = "en"
    wants_units: bool = False


@dataclass(frozen=True)
class Told:
    """What a part of the reach answers: its JSON, its lines, and what makes its layers."""

    document: Mapping[str, Any]
    lines: Sequence[str]
    layers: Callable[[], Mapping[str, pd.DataFrame]]


def unit_level(project: Project, asked: str) -> str:
    """Return the level whose units are listed: the one asked for, else communities or what stands for them, where there are several.

    Raises InputError for a name that is no level.
    """
    from geogrid.scheme_values import place_level

    if asked and asked not in project.levels:
        known = project.levels
        message = f"--level {asked}: this project has the levels {', '.join(known)}"
        raise InputError(message, f"--level {asked}：本工程的层级有 {'、'.join(known)}", value=asked, known=known)
    if asked:
        return asked
    several = [level for level in project.levels if len(project.units(level)) > 1] or project.levels
    usual = place_level(project.levels)
    return usual if usual in several else several[0]


def listed_levels(project: Project, asked: str) -> list[str]:
    """Return the levels whose units a JSON document lists: the one asked for, else all that do not lie over one another in a house."""
    return [unit_level(project, asked)] if asked else [level for level in project.levels if not (project.units(level)["stacked"] > 1).any()]


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows for JSON in their order, without places: figures rounded as in the layers, null for what is not known."""
    from geogrid.exchange.reach import flat

    plain = flat(frame)
    return plain.astype(object).where(plain.notna(), None).to_dict("records")


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row of figures as `plain_rows` does."""
    import pandas as pd

    return plain_rows(pd.DataFrame([dict(row)]))[0]


def note_lines(notes: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """Return what the figures rest on, a line each."""
    return [("注：" if lang == "zh" else "note: ") + str(note[lang]) for note in notes]


def named(project: Project, level: str, code: str) -> str:
    """Return the name of a unit, "" where it has none."""
    units = project.units(level)
    name = units["name"].get(code) if "name" in units else None
    return name if isinstance(name, str) else ""


def found_rows(found: Any, severity: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return findings as JSON rows, whether they come as a frame or one by one; `severity` are the scheme's own."""
    from geogrid.findings import to_frame

    frame = found if hasattr(found, "columns") else to_frame(found, None, severity)
    return [{name: row[name] for name in _FINDINGS} for row in frame.astype(object).where(frame.notna(), None).to_dict("records")]


def found_lines(found: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """Return what is wrong, each kind of it with its number and the first few."""
    by_rule: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in found:
        by_rule.setdefault((each["severity"], each["rule"]), []).append(each)
    return [line for (severity, rule), rows in sorted(by_rule.items()) for line in _group_lines(severity, rule, rows, lang)]


def _group_lines(severity: str, rule: str, rows: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    zh = lang == "zh"
    word = {"error": "错误", "warning": "警告"}.get(severity, severity) if zh else severity
    head = f"{word}：{rule_title(rule, 'zh')}（{rule}）：{len(rows):,} 处" if zh else f"{word}: {rule}: {len(rows):,}"
    more = [f"    … {len(rows) - WORST:,}"] if len(rows) > WORST else []
    return ["", head, *(f"    {row['message_zh' if zh else 'message']}" for row in rows[:WORST]), *more]
