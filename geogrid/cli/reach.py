"""`geogrid reach`: who is served by stations, what cameras see and where patrols went, in words, as JSON and as layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.exported import note_export
from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.cli.reach_told import Ask, Told
from geogrid.errors import NotFoundError

if TYPE_CHECKING:
    from geogrid.store import Project

WHATS = ("stations", "cameras", "patrols")
MINUTES = click.FloatRange(min=0, min_open=True, max=240)
_ROLE_ZH = {"stations": "站点", "cameras": "摄像机", "patrols": "巡逻轨迹"}


@click.command(epilog="Example: geogrid reach lubei.gpkg stations --kind canteen --minutes 10 --out reach.gpkg")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.argument("what", metavar="stations|cameras|patrols|all", type=click.Choice([*WHATS, "all"]))
@click.option("--out", type=click.Path(path_type=Path), help="Write the layers: .gpkg for all; .geojson .geojsonl .csv .xlsx for the one of --layer.")
@click.option("--layer", default="", help="One layer, as unserved, station_units, blind_streets.")
@click.option("--kind", "kinds", multiple=True, help="A kind of station, repeatable [default: all].")
@click.option("--minutes", type=MINUTES, multiple=True, help="Minutes' walk, repeatable [default: the scheme's].")
@click.option("--level", default="", help="The level whose units are listed [default: the community, or what stands for it].")
@click.option("--best", type=click.IntRange(1, 200), default=None, help="Where so many more stations of --kind (or cameras) would do most.")
@click.option("--ptz", type=click.Choice(["1", "2", "3", "4"]), default="1", show_default=True, help="GB/T 28181 type of the cameras of --best.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of what is printed [default: of the command line].")
@click.option("--plan", default="main", show_default=True, help="A plan, as the draft d1.")
@click.option("--at", help="The plan as it was: a version, or a date as 2026-03-01.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def reach(ctx: click.Context, path: Path, what: str, out: Path | None, layer: str, plan: str, at: str | None, as_json: bool, **options: Any) -> None:
    """Tell who has a station within a walk, what cameras see and what patrols walked: per unit, with lists of what is missing.

    Exit 1 when something of severity error is found. Secret cameras are left out.
    """
    from geogrid.exchange.reach import check_target, chosen, write_reach
    from geogrid.store import open_project

    ask = _ask(what, options, as_json)
    if out:
        check_target(out, path, layer)
    with open_project(path, plan=plan, at=at) as project:
        told = {name: _tell(project, name, ask) for name in _present(project, what)}
        head = {"project": project.name, "plan": project.plan_id, "version": project.version, "simulated": bool(project.meta.get("simulated"))}
        if out:
            layers = {name: frame for part in told.values() for name, frame in part.layers().items()}
            write_reach(chosen(layers, layer), out, _about(project))
    if out:
        note_export(path, f"reach {what} {out.name}")
    absent = [name for name in WHATS if what == "all" and name not in told]
    if as_json:
        show_json({**head, **{name: part.document for name, part in told.items()}, "absent": absent})
    else:
        _show(head, told, absent, ask.lang, out)
    ctx.exit(1 if any(found["severity"] == "error" for part in told.values() for found in part.document["findings"]) else 0)


def _ask(what: str, options: Mapping[str, Any], as_json: bool) -> Ask:
    """Return what is asked, refused where options do not go together."""
    best, kinds, lang = options["best"] or 0, options["kinds"], options["lang"] or language()
    zh = language() == "zh"
    if best and what not in ("stations", "cameras"):
        raise click.UsageError("--best 只用于 stations 或 cameras" if zh else "--best is for stations or cameras")
    if best and what == "stations" and len(kinds) != 1:
        raise click.UsageError("--best 需要一个 --kind" if zh else "--best needs one --kind")
    if any(each != each for each in options["minutes"]):  # a range lets NaN through
        raise click.UsageError("--minutes：应为数字" if zh else "--minutes: write a number")
    minutes = tuple(sorted({int(each) if each.is_integer() else each for each in options["minutes"]}))
    return Ask(
        tuple(dict.fromkeys(kinds)),
        minutes,
        options["level"],
        best,
        options["ptz"],
        lang,
        as_json,
    )


def _present(project: Project, what: str) -> list[str]:
    """Return which parts the project can answer; raises NotFoundError where the one that is asked for is missing."""
    have = {"stations": "stations" in project.site_roles, "cameras": "cameras" in project.site_roles, "patrols": "patrol_units" in project.tables}
    if what == "all":
        return [name for name in WHATS if have[name]]
    if not have[what]:
        message = f"{project.name}: has no {what}; give [inputs.{what}] in its recipe and build it again"
        raise NotFoundError(message, f"{project.name}：没有{_ROLE_ZH[what]}；请在配方中写 [inputs.{what}]，再生成一次", value=what)
    return [what]


def _tell(project: Project, name: str, ask: Ask) -> Told:
    """Compute one part; its module is imported only then."""
    if name == "stations":
        from geogrid.cli.reach_stations import tell_stations

        return tell_stations(project, ask)
    if name == "cameras":
        from geogrid.cli.reach_cameras import tell_cameras

        return tell_cameras(project, ask)
    from geogrid.cli.reach_patrols import tell_patrols

    return tell_patrols(project, ask)


def _about(project: Project) -> dict[str, Any]:
    meta = project.meta
    simulated = {"simulated": True} if meta.get("simulated") else {}
    return {"name": project.name, **simulated, "source": meta.get("source", ""), "date": meta.get("date", "")}


def _show(head: Mapping[str, Any], told: Mapping[str, Told], absent: Sequence[str], lang: str, out: Path | None) -> None:
    zh = lang == "zh"
    is_said = not head["simulated"] or "模拟" in head["project"] or "simulated" in head["project"].lower()
    click.echo(head["project"] + ("" if is_said else "（模拟数据）" if zh else " (simulated data)"))
    for part in told.values():
        click.echo("\n".join(part.lines))
    for name in absent:
        click.echo(f"本工程没有{_ROLE_ZH[name]}" if zh else f"this project has no {name}")
    if out:
        click.echo(f"{out}", err=True)
