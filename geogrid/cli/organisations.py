"""`geogrid organisations`: which units have an organisation, which have none, and what does not fit into the tree."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.errors import NotFoundError, one_line

if TYPE_CHECKING:
    from geogrid.scheme import Scheme

_SHOWN = 10
_NONE = {
    "zh": "这个项目没有组织。请在配方中给出 [inputs.organisations] 和 [inputs.memberships] 再生成一次，或用 geogrid update 补上。",
    "en": "This project has no organisations. Give [inputs.organisations] and [inputs.memberships] in the recipe and build again, or add them by "
    "geogrid update.",
}


@click.command(epilog="Example: geogrid organisations baoding.gpkg --level grid")
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.option("--level", default="", help="One level; all where none is given.")
@click.option("--at", "at", default="", help="A moment as 2026-03-01T08:30, or a day; now where none is given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def organisations(ctx: click.Context, path: str, level: str, at: str, as_json: bool) -> None:
    """Tell how organisations cover the units of each level, and list the units without. Exit 1 when the scheme makes a missing one an error."""
    from geogrid.findings import severity_of
    from geogrid.organisation.account import account
    from geogrid.pipeline.lookup import parse_when
    from geogrid.pipeline.roster import roster_of
    from geogrid.store import open_project

    when = parse_when(at, lambda: datetime.datetime.now(datetime.UTC))
    with open_project(path) as project:
        if level and level not in project.levels:
            known = ", ".join(project.levels)
            raise NotFoundError(f"no level {level!r}; there are: {known}", f"没有层级“{level}”；可用：{known}", value=level)
        units = {each: project.units(each) for each in project.levels if level in ("", each)}
        told = {"project": path, "name": project.name, "at": when.isoformat(timespec="seconds"), **account(roster_of(project).at(when), units)}
        if as_json:
            show_json(told)
        else:
            names = {each: dict(zip(frame.index, frame["name"].fillna(""), strict=True)) for each, frame in units.items()}
            _show(told, project.scheme, names)
        lacking = any(each["asked"] and each["without"] for each in told["levels"])
        ctx.exit(1 if lacking and severity_of("no_organisation", project.scheme.severity) == "error" else 0)


def _show(told: dict[str, Any], scheme: Scheme, names: dict[str, dict[str, str]]) -> None:
    spoken = language()
    zh = spoken == "zh"
    if not told["organisations"]:
        click.echo(_NONE[spoken])
        return
    ending = "_zh" if zh else ""
    kinds = ("，" if zh else ", ").join(f"{kind[f'name{ending}']} {kind['n']:,}" for kind in told["kinds"])
    _say(f"组织 {told['organisations']:,} 个：{kinds}" if zh else f"{told['organisations']:,} organisations: {kinds}")
    for row in told["levels"]:
        _show_level(row, scheme, names[row["level"]], zh=zh)
    for key, words in _EXCEPTIONS.items():
        lines = told[key]
        for line in lines[:_SHOWN]:
            _say(f"! {words[spoken].format(**_facts(line))}")
        _left(len(lines) - _SHOWN, zh=zh)


def _show_level(row: dict[str, Any], scheme: Scheme, names: dict[str, str], *, zh: bool) -> None:
    name = scheme.level(row["level"]).name.say("zh" if zh else "en")
    share = "" if row["share"] is None else f"{row['share']:.2%}"
    asked = "" if row["asked"] else ("（方案没有要求）" if zh else " (not asked by the scheme)")
    click.echo(f"  {name}\t{row['covered']:,} / {row['units']:,}\t{share}{asked}")
    if row["asked"]:
        for code in row["without"][:_SHOWN]:
            _say(f"  ✕ {code} {names.get(code, '')}  " + ("没有组织" if zh else "has no organisation"))
        _left(len(row["without"]) - _SHOWN, zh=zh)
    for key, words in (("spanning", ("跨几个单元的组织", "organisations on several units")), ("several", ("有几个组织的单元", "units with several"))):
        if row[key]:
            click.echo(f"    {words[0] if zh else words[1]}: {len(row[key]):,}")


_EXCEPTIONS: dict[str, dict[str, str]] = {
    "orphans": {"zh": "{id} {name} 的上级“{parent}”不在表中", "en": "{id} {name}: its parent {parent!r} is not there"},
    "cycles": {"zh": "{ids} 互为上级", "en": "{ids} are each other's parents"},
    "misplaced": {"zh": "{id} {name} 的上级种类与方案不符", "en": "{id} {name}: its parent is of a kind that the scheme does not allow"},
    "faults": {"zh": "{table} 第 {row} 行：{message_zh}", "en": "{table} row {row}: {message}"},
}


def _facts(line: Any) -> dict[str, Any]:
    return {"ids": " → ".join(line)} if isinstance(line, list) else dict(line)


def _left(n: int, *, zh: bool) -> None:
    if n > 0:
        click.echo(f"  …… 还有 {n:,} 个，--json 列出全部" if zh else f"  … {n:,} more, all with --json")


def _say(text: str) -> None:
    click.echo(one_line(text))
