"""`geogrid overlays`: normal or emergency now, which overlays there are, what one changes; making one and ending one."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.catalogue.overlays import KINDS, STATES, clash_words, now_words
from geogrid.catalogue.staffing import gap_words
from geogrid.cli.language import language
from geogrid.cli.output import show_json
from geogrid.errors import InputError

if TYPE_CHECKING:
    from geogrid.organisation import Roster
    from geogrid.organisation.overlay import Overlay
    from geogrid.organisation.overlay_effect import Effect

_SHOWN = 20


@click.command(epilog="Example: geogrid overlays lubei.gpkg --at 2026-03-01T08:00")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--at", default="", metavar="TIME", help="As of a day (its noon) or moment; without it, now.")
@click.option("--diff", "diff_id", metavar="ID", help="Who goes where under an overlay, and what is lacking meanwhile.")
@click.option("--add", "add_file", type=click.Path(path_type=Path), metavar="FILE.json", help="Make the overlay that a file describes.")
@click.option("--end", "end_id", metavar="ID", help="End an overlay now; one that has not begun is withdrawn.")
@click.option("--reason", default="", help="With --end: why.")
@click.option("--author", default="local", show_default=True, help="Who does this, for the log.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def overlays(path: Path, at: str, diff_id: str | None, add_file: Path | None, end_id: str | None, reason: str, author: str, as_json: bool) -> None:
    """Show overlays (平急): dated changes to who is responsible, never to a unit or a code; make one, or end one."""
    from geogrid.pipeline.lookup import parse_when

    if sum(each is not None for each in (diff_id, add_file, end_id)) > 1:
        zh = "--diff、--add、--end 一次只能用一个"
        raise click.UsageError(zh if language() == "zh" else "give one of --diff, --add and --end")
    when = parse_when(at, _now)
    if add_file is not None:
        _say_done(_add(path, add_file, author), as_json)
    elif end_id is not None:
        _say_done(_end(path, end_id, author, reason), as_json)
    elif diff_id is not None:
        _show_effect(path, diff_id, when, as_json)
    else:
        _list(path, when, as_json)


def _now() -> datetime:
    return datetime.now().astimezone()


def _list(path: Path, when: datetime, as_json: bool) -> None:
    from geogrid.organisation.overlay import overlays_of
    from geogrid.organisation.overlay_effect import is_calling, row_of
    from geogrid.store import open_project

    with open_project(path) as project:
        found = overlays_of(project.table("overlays")) if "overlays" in project.tables else ()
    calling, lang = is_calling(found, when), language()
    if as_json:
        state = "emergency" if calling else "normal"
        facts = {"at": when.isoformat(timespec="seconds"), "state": state, "in_force": [each.id for each in calling]}
        show_json({**facts, "overlays": [row_of(each, when) for each in found]})
        return
    click.echo(f"{when.isoformat(sep=' ', timespec='minutes')}  {now_words(len(calling), lang)}")
    for each in found:
        row = row_of(each, when, changes=False)
        n = f"{row['n']:,} 项变动" if lang == "zh" else f"{row['n']:,} changes"
        click.echo("\t".join((each.id, KINDS[each.kind][lang], STATES[row["state"]][lang], _dates(each), each.name, n)))
    if not found:
        click.echo("没有平急方案" if lang == "zh" else "there are no overlays")


def _dates(overlay: Overlay) -> str:
    return f"{overlay.valid_from[:16] or '…'} – {overlay.valid_to[:16] or '…'}"


def _show_effect(path: Path, name: str, when: datetime, as_json: bool) -> None:
    from geogrid.organisation.overlay_effect import effect_of, row_of
    from geogrid.pipeline.roster import roster_of
    from geogrid.store import open_project
    from geogrid.store.overlays import find_overlay

    with open_project(path) as project:
        roster = roster_of(project)
        effect = effect_of(roster, find_overlay(roster.overlays, name), when)
        if not as_json:
            _say_effect(effect, roster)
            return
        facts = {"overlay": row_of(effect.overlay, when, changes=False), "at": effect.at.isoformat(timespec="seconds")}
        change = {"people": effect.change.people, "units": effect.change.units, "after": effect.after.people}
        told = {**change, **{name: getattr(effect, name) for name in ("lacking", "clashes", "flows")}}
        show_json({**facts, **{name: frame.to_dict("records") for name, frame in told.items()}})


def _say_effect(effect: Effect, roster: Roster) -> None:
    zh, lang = language() == "zh", language()
    people, units = effect.change.people, effect.change.units
    n, bodies = (people["member"][(people["role"] == "staff") == is_staff].nunique() for is_staff in (True, False))
    said = f"{n:,} 人、{bodies:,} 个单位或组织有变，涉及 {len(units):,} 个单元"
    said_en = f"{n:,} people and {bodies:,} workplaces or organisations change, {len(units):,} units concerned"
    click.echo(f"{effect.overlay.title}{'：' if zh else ': '}{said if zh else said_en}")
    words = ("人员", "单位或组织") if zh else ("people", "bodies")
    for row in units.head(_SHOWN).itertuples():
        told = f"{words[0]} {row.people_before:,} → {row.people_after:,}  {words[1]} +{row.bodies_joined:,} −{row.bodies_left:,}"
        click.echo(f"  {row.code}\t{roster.places.name(row.level, row.code)}\t{told}")
    _more(len(units))
    click.echo(f"期间缺人：{len(effect.lacking):,} 项" if zh else f"lacking meanwhile: {len(effect.lacking):,}")
    for row in effect.lacking.head(_SHOWN).itertuples():
        kind = roster.scheme.staff.get(row.kind)
        click.echo(f"  {row.code}\t" + gap_words(row.missing, getattr(kind.name, lang) if kind else row.kind, row.wanted, row.have, lang))
    _more(len(effect.lacking))
    for row in effect.clashes.head(_SHOWN).itertuples():
        click.echo("  ! " + clash_words(row.clash, lang, who=row.member, where=row.target, other=row.other, elsewhere=row.other_target))
    _more(len(effect.clashes))
    if not effect.after:
        click.echo("结束后与原来完全一致" if zh else "when it is over, all is as before")


def _more(n: int) -> None:
    if n > _SHOWN:
        click.echo(f"  … 还有 {n - _SHOWN:,}（--json 列出全部）" if language() == "zh" else f"  … {n - _SHOWN:,} more (--json lists all)")


def _add(path: Path, file: Path, author: str) -> Overlay:
    from geogrid.organisation.overlay_check import check_changes
    from geogrid.pipeline.roster import roster_of
    from geogrid.store import open_project
    from geogrid.store.overlays import add_overlay, read_draft

    draft, request_id = read_draft(_document(file))
    with open_project(path) as project:
        check_changes(roster_of(project), draft.changes)
    return add_overlay(path, draft, author=author, clock=_now, request_id=request_id)


def _end(path: Path, name: str, author: str, reason: str) -> Overlay:
    from geogrid.store.overlays import end_overlay

    return end_overlay(path, name, author=author, clock=_now, reason=reason)


def _say_done(done: Overlay, as_json: bool) -> None:
    from geogrid.organisation.overlay_effect import row_of

    row = row_of(done, _now(), changes=False)
    if as_json:
        show_json(row)
    else:
        click.echo("\t".join((done.id, KINDS[done.kind][language()], STATES[row["state"]][language()], _dates(done), done.name)))


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: can not be read: {error.strerror}", f"{path}：无法读取：{error.strerror}", file=str(path)) from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: is no JSON in UTF-8", f"{path}：不是 UTF-8 的 JSON", file=str(path)) from None
