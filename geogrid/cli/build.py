"""`geogrid build`: a recipe becomes a project file."""

from __future__ import annotations

import datetime

import click

from geogrid.cli.declared import declared_line
from geogrid.cli.language import language
from geogrid.cli.output import note_lines, progress, show_json, show_summary


@click.command(epilog="Example: geogrid build lixia/recipe.toml --out lixia.gpkg")
@click.argument("recipe", type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="The project file to write (.gpkg).")
@click.option("--accept-rejects", is_flag=True, help="Go on even if more than 1 % of a role's rows, or any row of an area role, can not be used.")
@click.option("--force", is_flag=True, help="Replace a project that holds edits; a backup is kept.")
@click.option("--keep-buildings-whole", is_flag=True, help="Divide no building that fits into a unit; given borders that cut one go round it.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; one for each core, at most 4, where none are given. What is built is the same.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_context
def build(
    ctx: click.Context, recipe: str, out: str, accept_rejects: bool, force: bool, keep_buildings_whole: bool, workers: int | None, as_json: bool
) -> None:
    """Build a project: files, checked, become cells, units of every level, joined sites and findings."""
    from geogrid.inspection.words import heading_lines
    from geogrid.pipeline.build import build as run

    today = datetime.datetime.now(datetime.UTC).date()
    options = {"accept_rejects": accept_rejects, "force": force, "keep_buildings_whole": keep_buildings_whole, "workers": workers}
    with run(recipe, out, progress=progress, today=today, **options) as project:
        summary = project.summary()
        found = project.findings()
        told = [*heading_lines(project.meta["columns"], project.meta["doubtful"], language()), *note_lines(found, language())]
    for line in told:
        click.echo(line, err=True)
    if as_json:
        show_json(summary)
    else:
        show_summary(summary, found)
    if counts := summary.get("declared"):
        click.echo(declared_line(counts, out), err=True)
    ctx.exit(1 if summary["findings"]["error"] else 0)
