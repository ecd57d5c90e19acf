"""`geogrid update`: points and people of a new delivery, without touching the plan."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geogrid.cli.edit import LOCAL
from geogrid.cli.language import language
from geogrid.cli.output import NOTES, note_lines, show_faults, show_findings, show_json, told_faults
from geogrid.errors import InputError, one_line

if TYPE_CHECKING:
    from geogrid.pipeline.update import Update

_SHOWN = 5


@click.command(epilog="Example: geogrid update lubei.gpkg people/recipe.toml --only staff,memberships --dry-run")
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.argument("recipe", type=click.Path())
@click.option("--only", default="", help="Roles to take, with commas; all that an update may bring where none is given.")
@click.option(
    "--replace/--merge",
    "is_replace",
    default=True,
    show_default=True,
    help="What comes takes the place of all rows of its role, or of those with its ids.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option("--accept-rejects", is_flag=True, help="Go on even if more than 1 % of a role's rows can not be used.")
@click.option("--author", default=LOCAL, show_default=True, help="Who does this, for the log.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def update(
    ctx: click.Context, path: Path, recipe: str, only: str, is_replace: bool, dry_run: bool, accept_rejects: bool, author: str, as_json: bool
) -> None:
    """Bring new points and people (stations cameras events staff organisations memberships workplaces overlays) into a project; its plan stays."""
    from geogrid.exchange.findings import placed
    from geogrid.pipeline.update import update as run
    from geogrid.recipe import read_recipe
    from geogrid.store.delivery import MERGE, REPLACE

    roles = [role.strip() for role in only.split(",") if role.strip()]
    if only and not roles:
        raise InputError("--only: name at least one role", "--only：至少写一个角色", field="only")
    options = {"mode": REPLACE if is_replace else MERGE, "author": author, "clock": lambda: datetime.datetime.now(datetime.UTC)}
    done = run(path, read_recipe(recipe), only=roles, is_trial=dry_run, accept_rejects=accept_rejects, **options)
    for line in note_lines(done.findings, language()):
        click.echo(line, err=True)
    if as_json:
        show_json({"project": str(path), "dry_run": dry_run, **_told(done)})
    else:
        _show(done, is_trial=dry_run)
        show_findings(placed(done.findings[~done.findings["rule"].isin(NOTES)]), lists="geogrid validate")
        show_faults(told_faults(done.faults))
    ctx.exit(1 if len(done.rejected) or (done.findings["severity"] == "error").any() else 0)


def _told(done: Update) -> dict[str, object]:
    rejected = done.rejected.groupby("role").size() if len(done.rejected) else {}
    counts = done.findings["severity"].value_counts()
    return {
        "mode": done.delivery.mode,
        "roles": {
            role: {"rows": len(done.delivery.frames[role]), **change.counts, "rejected": int(rejected.get(role, 0))}
            for role, change in done.changes.items()
        },
        "left": list(done.left),
        "faults": told_faults(done.faults),
        "findings": {severity: int(counts.get(severity, 0)) for severity in ("error", "warning")},
    }


def _show(done: Update, *, is_trial: bool) -> None:
    zh = language() == "zh"
    click.echo(("将会改动：" if zh else "Would change:") if is_trial else ("已更新：" if zh else "Updated:"))
    for role, change in done.changes.items():
        counts = change.counts
        said = (
            f"共 {len(done.delivery.frames[role]):,} 行，新增 {counts['added']:,}，变更 {counts['changed']:,}，删除 {counts['removed']:,}"
            if zh
            else f"{len(done.delivery.frames[role]):,} rows, {counts['added']:,} added, {counts['changed']:,} changed, {counts['removed']:,} removed"
        )
        click.echo(f"  {role}\t{said}")
        for mark, keys in (("+", change.added), ("~", change.changed), ("-", change.removed)):
            if keys:
                more = " …" if len(keys) > _SHOWN else ""
                click.echo(one_line(f"    {mark} {', '.join(keys[:_SHOWN])}{more}"))
    for line in done.rejected.itertuples():
        click.echo(one_line(f"  ! {line.file} #{line.row}: {line.reason_zh if zh else line.reason}"))
    if done.left:
        click.echo(("  配方中未取用：" if zh else "  left in the recipe: ") + ", ".join(done.left), err=True)
