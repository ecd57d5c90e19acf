"""`geogrid whatif` (演训测算): bounds compared before they are fixed, as a table, JSON, and maps side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geogrid.cli.language import language
from geogrid.cli.output import check_folder, progress, show_json

if TYPE_CHECKING:
    from geogrid.generate.whatif import Outcome
    from geogrid.pipeline.whatif import Question


MOST = 10**9
"""Households that no bound exceeds."""


class Bounds(click.ParamType):
    """`8-12`, or one number for exactly that many."""

    name = "LOWER-UPPER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read a pair of bounds."""
        lower, _, upper = str(value).replace("–", "-").partition("-")
        try:
            pair = int(lower), int(upper or lower)
        except ValueError:
            pair = (0, 0)
        if not 0 < pair[0] <= pair[1] <= MOST:
            self.fail(f"{value!r}: write 8-12, or one number", param, ctx)
        return pair


@click.command(epilog="Example: geogrid whatif lubei/recipe.toml --households 8-12 --households 10-15 --out compared")
@click.argument("recipe", type=click.Path())
@click.option("--households", "bounds", type=Bounds(), multiple=True, required=True, help="Bounds to try, inclusive; once for each.")
@click.option("--level", default="", help="The level whose bounds are tried [default: the lowest that has bounds].")
@click.option("--out", type=click.Path(), help="A folder for a page with the maps side by side, which opens offline.")
@click.option(
    "--unit", default="", help="What the maps show: the code of a community (or of a unit above the level) [default: where most is out of bounds]."
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the page [default: of the command line].")
@click.option("--accept-rejects", is_flag=True, help="As for build.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def whatif(
    recipe: str, bounds: tuple[tuple[int, int], ...], level: str, out: str | None, unit: str, lang: str | None, accept_rejects: bool, as_json: bool
) -> None:
    """Compare household bounds before they are fixed: units, how many in range, entrances split, compactness, officers needed."""
    from geogrid.pipeline.whatif import whatif as run

    check_folder(out)
    question = run(recipe, list(dict.fromkeys(bounds)), level=level, accept_rejects=accept_rejects, progress=progress)
    outcomes = list(question.outcomes)
    pages = _write(question, outcomes, Path(out), unit, lang or language()) if out else []
    if as_json:
        body = {"recipe": recipe, "level": question.level.id, "outcomes": [outcome.as_dict() for outcome in outcomes]}
        show_json({**body, **({"pages": [str(page) for page in pages]} if pages else {})})
        return
    _show(question, outcomes)
    if pages:
        click.echo(str(pages[0]))


def _show(question: Question, outcomes: list[Outcome]) -> None:
    """Print the figures, a column for each pair of bounds."""
    from geogrid.generate.figures import figures
    from geogrid.scheme_values import say_bounds

    lang = language()
    columns = [figures(outcome, outcomes, lang) for outcome in outcomes]
    click.echo(f"{question.name}  {question.level.name.say(lang)}")
    click.echo(_row("", [say_bounds(outcome.households) for outcome in outcomes]))
    for rows in zip(*columns, strict=True):
        click.echo(_row(rows[0][0], [value + (" *" if best else "") for _, value, best in rows]))


def _row(head: str, cells: list[str]) -> str:
    return _padded(head, 34) + "".join(f"{cell:>16}" for cell in cells)


def _padded(text: str, width: int) -> str:
    """Fill up with blanks; Chinese characters are two columns wide."""
    import unicodedata

    return text + " " * max(1, width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


def _write(question: Question, outcomes: list[Outcome], out: Path, unit: str, lang: str) -> list[Path]:
    from geogrid.generate.figures import figures, place_name, place_to_show
    from geogrid.maps import Column, Variant, write_comparison
    from geogrid.scheme_values import say_bounds

    level, code = place_to_show(outcomes, unit)
    columns = []
    for outcome in outcomes:
        named = say_bounds(outcome.households)
        variant = Variant(outcome.plan, level, code, until=outcome.level, name=question.name, meta=question.meta, layers=question.layers)
        columns.append(Column(named, f"{named.replace('–', '-')}.html", variant, figures(outcome, outcomes, lang)))
    shown = place_name(outcomes[0].plan, level, code)
    said = question.level.name.say(lang)
    title_ = f"{question.name} · {said} · 演训测算" if lang == "zh" else f"{question.name}: what if, {said}"
    lead = f"地图显示：{shown}；数字为全区。" if lang == "zh" else f"The maps show {shown}; the figures are those of the whole district."
    return write_comparison(out, columns, level=outcomes[0].level, title=title_, lead=lead, lang=lang)
