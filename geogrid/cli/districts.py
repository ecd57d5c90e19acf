"""`geogrid systems`, `simulate`: the districts that come with the program, and source files for one of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geogrid.cli.language import language
from geogrid.cli.output import check_folder, progress, show_json

if TYPE_CHECKING:
    from geogrid.scheme import Scheme


@click.command(epilog="Example: geogrid systems")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def systems(as_json: bool) -> None:
    """List the districts that can be simulated and the schemes that a recipe can name, each with its levels, their counts and bounds."""
    from geogrid.scheme import built_in, read_scheme
    from geogrid.simulate import systems as known

    schemes = {name: read_scheme(name) for name in built_in()}
    districts = [{**district, "scheme": district["id"], "levels": _levels(schemes[district["id"]])} for district in known()]
    if as_json:
        listed = {name: {"zh": scheme.name.zh, "en": scheme.name.en, "levels": _levels(scheme), **_kinds(scheme)} for name, scheme in schemes.items()}
        show_json({"systems": districts, "schemes": listed})
        return
    for district in districts:
        click.echo(f"{district['id']:<12} {district['name']}  {_said(schemes[district['scheme']], language())}  (scheme {district['scheme']})")
    for name, scheme in schemes.items():
        click.echo(f"scheme {name:<26} {scheme.name.say(language())}")


def _levels(scheme: Scheme) -> list[dict[str, object]]:
    return [
        {
            "id": level.id,
            "name": {"zh": level.name.zh, "en": level.name.en},
            "make": level.make,
            "count": level.count,
            "households": level.households,
            "complete": level.complete,
        }
        for level in scheme.levels
    ]


def _kinds(scheme: Scheme) -> dict[str, dict[str, dict[str, object]]]:
    """Kinds of stations, staff, organisations and events, as the scheme has them; `least`: how many of a kind are declared."""
    tables = {name: getattr(scheme, name) for name in ("stations", "staff", "organisations", "events")}
    return {name: {kind: dataclasses.asdict(one) for kind, one in table.items()} for name, table in tables.items()}


def _said(scheme: Scheme, lang: str) -> str:
    """Levels from the top down, each with its count and bounds where it has them: community 175 → grid 2,257 (60–260 households)."""
    from geogrid.scheme_values import say_bounds

    homes = " 户" if lang.startswith("zh") else " households"
    words = []
    for level in scheme.levels:
        count = f" {level.count:,}" if level.count else ""
        words.append(level.name.say(lang) + count + (f" ({say_bounds(level.households)}{homes})" if level.households else ""))
    return " → ".join(words)


@click.command(epilog="Example: geogrid simulate lubei --out lubei --scale 0.05")
@click.argument("system")
@click.option("--out", required=True, type=click.Path(), help="The folder for the source files and recipe.toml.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--scale", type=click.FloatRange(min=0, min_open=True, max=1), default=1.0, show_default=True, help="Keep about this share of the communities."
)
@click.option("--linked", is_flag=True, help="Also write all households, and recipe-linked.toml: households linked round a centre (1+10).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def simulate(system: str, out: str, seed: int, scale: float, linked: bool, as_json: bool) -> None:
    """Write source files of a simulated district, as an office would hand them over, and a recipe to build them."""
    from geogrid.pipeline.simulated import simulate_sources

    check_folder(out)
    recipe = simulate_sources(system, Path(out), seed=seed, scale=scale, linked=linked, progress=progress)
    if as_json:
        show_json({"system": system, "seed": seed, "scale": scale, "recipe": str(recipe)})
    else:
        click.echo(recipe)
