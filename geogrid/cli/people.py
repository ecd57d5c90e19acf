"""`geogrid people`: is every unit with a person, a post and duties, and who is where."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.language import language
from geogrid.cli.output import show_faults, show_json, told_faults
from geogrid.errors import NotFoundError, one_line

if TYPE_CHECKING:
    import pandas as pd

    from geogrid.organisation.duties import Duties
    from geogrid.organisation.roster import Roster
    from geogrid.scheme import Scheme
    from geogrid.store import Project

_SHOWN = 10
NO_STAFF = {
    "zh": "这个项目没有人员。请在配方中给出 [inputs.staff]（和 [inputs.memberships]）再生成一次，或用 geogrid update 补上。",
    "en": "This project has no staff. Give [inputs.staff] (and [inputs.memberships]) in the recipe and build again, or add them by geogrid update.",
}


@click.command(epilog="Example: geogrid people lubei.gpkg --gaps --level grid")
@click.argument("path", metavar="PROJECT", type=click.Path())
@click.option("--gaps", is_flag=True, help="List every unit that lacks something.")
@click.option("--unit", default="", help="A unit's code: who is responsible there, and who else works in it.")
@click.option("--level", default="", help="One level.")
@click.option("--at", "at", default="", help="A moment as 2026-03-01T08:30, or a day; now where none is given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def people(ctx: click.Context, path: str, gaps: bool, unit: str, level: str, at: str, as_json: bool) -> None:
    """Tell how complete people, posts and duties are, level by level, and what is missing. Exit 1 when the scheme makes a missing one an error."""
    from geogrid.organisation.duties import Duties
    from geogrid.pipeline.lookup import parse_when
    from geogrid.pipeline.roster import roster_of
    from geogrid.store import open_project

    when = parse_when(at, lambda: datetime.datetime.now(datetime.UTC))
    with open_project(path) as project:
        if level and level not in project.levels:
            known = ", ".join(project.levels)
            raise NotFoundError(f"no level {level!r}; there are: {known}", f"没有层级“{level}”；可用：{known}", value=level)
        roster = roster_of(project)
        duties = Duties(roster.at(when), project.scheme)
        if unit:
            _tell_unit(project, roster, duties, unit, level, as_json)
            return
        told = _report(project, roster, duties, level) | {"at": when.isoformat(timespec="seconds")}
        if as_json:
            show_json({"project": path, "name": project.name, **told})
        else:
            _show(told, project.scheme, is_long=gaps)
        ctx.exit(1 if told["gaps"] and told["severity"] == "error" else 0)


def _report(project: Project, roster: Roster, duties: Duties, level: str) -> dict[str, Any]:
    from geogrid.findings import severity_of

    units = {each: project.units(each) for each in project.levels if level in ("", each)}
    gaps = duties.gaps(units)
    levels = duties.completeness(units, gaps)
    has_rules = any(kind.per for kind in project.scheme.staff.values())
    return {
        "staff": int(roster.staff["id"].nunique()),
        "levels": [{**row, "share": round(row["share"], 4) if row["asked"] and row["units"] else None} for row in levels.to_dict("records")],
        "severity": severity_of("no_staff", project.scheme.severity) if has_rules else "warning",
        "gaps": [_gap(row, units, project.scheme) for row in gaps.to_dict("records")],
        "faults": told_faults(roster.faults),
    }


def _gap(row: dict[str, Any], units: dict[str, pd.DataFrame], scheme: Scheme) -> dict[str, Any]:
    from geogrid.catalogue.staffing import gap_words, to_do_words
    from geogrid.organisation.duties_found import kind_name

    said = {}
    for spoken, ending in (("en", ""), ("zh", "_zh")):
        what = gap_words(row["missing"], kind_name(row["kind"], scheme, spoken), row["wanted"], row["have"], spoken)
        said |= {f"message{ending}": what, f"to_do{ending}": to_do_words(row["missing"], row["wanted"], row["have"], spoken)}
    return {**row, "name": str(units[row["level"]]["name"].get(row["code"]) or ""), **said}


def _show(told: dict[str, Any], scheme: Scheme, *, is_long: bool) -> None:
    spoken = language()
    zh = spoken == "zh"
    if not told["staff"]:
        click.echo(NO_STAFF[spoken])
        return
    click.echo(f"人员 {told['staff']:,} 人，时点 {told['at']}" if zh else f"{told['staff']:,} people, at {told['at']}")
    for row in told["levels"]:
        name = scheme.level(row["level"]).name.say(spoken)
        share = "" if row["share"] is None else f"{row['share']:.1%}"
        asked = (
            (f"齐全 {row['complete']:,} / {row['units']:,}" if zh else f"complete {row['complete']:,} of {row['units']:,}") if row["asked"] else ""
        )
        nobody = ("方案没有要求" if zh else "the scheme asks for nobody") if not row["asked"] else ""
        click.echo(f"  {name}\t{nobody}{asked} {share}\t" + (f"人员 {row['people']:,}" if zh else f"people {row['people']:,}"))
    listed = told["gaps"] if is_long else told["gaps"][:_SHOWN]
    for gap in listed:
        say(f"✕ {scheme.level(gap['level']).name.say(spoken)} {gap['code']} {gap['name']}  " + gap["message_zh" if zh else "message"])
    if left := len(told["gaps"]) - len(listed):
        click.echo(f"  …… 还有 {left:,} 处，--gaps 列出全部" if zh else f"  … {left:,} more, listed by --gaps")
    show_faults(told["faults"], _SHOWN)


def _tell_unit(project: Project, roster: Roster, duties: Duties, code: str, level: str, as_json: bool) -> None:
    found = project.find_level(code, level)
    if not found:
        raise NotFoundError(f"no unit has the code {code!r}", f"没有编码为“{code}”的单元", value=code)
    chain = roster.places.above(found, code)
    told = {
        "level": found,
        "unit": code,
        "units": {each: chain.get(each) for each in project.levels},
        "responsible": duties.responsible(chain),
        "people": duties.of_unit(found, code),
    }
    if as_json:
        show_json(told)
        return
    show_people(told["responsible"], project.scheme)
    others = [line for line in told["people"] if line["via"] != "unit"]
    if others:
        click.echo("单元内的岗位：" if language() == "zh" else "Posts at places in it:")
        show_people(others, project.scheme)


def show_people(lines: list[dict[str, Any]], scheme: Scheme) -> None:
    """Print who is responsible, a line each: level, unit, name, post, duties, telephone, overlay."""
    for line in lines:
        head = f"{scheme.level(line['level']).name.say(language())} {line['unit']}"
        rest = [line[name] or "" for name in ("name", "post", "duties", "phone")]
        say("\t".join([head, *rest, f"[{line['overlay']}]" if line["overlay"] else ""]).rstrip())


def say(words: str) -> None:
    """Print words that quote data, as one line; tabs stay."""
    click.echo("\t".join(one_line(part) for part in words.split("\t")))
