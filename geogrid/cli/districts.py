"""`geogrid systems`, `simulate`: the districts that come with the program, and source files for one of them."""

from __future__ import annotations

from pathlib import Path

import click

from geogrid.cli.language import language
from geogrid.cli.output import progress, show_json


@click.command(epilog="Example: geogrid systems")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def systems(as_json: bool) -> None:
    """List the districts that can be simulated and the schemes that a recipe can name."""
    from geogrid.scheme import built_in, read_scheme
    from geogrid.simulate import systems as known

    schemes = {name: read_scheme(name).name for name in built_in()}
    districts = known()
    if as_json:
        show_json({"systems": districts, "schemes": {k: {"zh": v.zh, "en": v.en} for k, v in schemes.items()}})
        return
    for district in districts:
        click.echo(f"{district['id']:<12} {district['name']}")
    for name, text in schemes.items():
        click.echo(f"scheme {name:<26} {text.say(language())}")


@click.command(epilog="Example: geogrid simulate lubei --out lubei --scale 0.05")
@click.argument("system")
@click.option("--out", required=True, type=click.Path(), help="The folder for the source files and recipe.toml.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--scale", type=click.FloatRange(min=0, min_open=True, max=1), default=1.0, show_default=True, help="Keep about this share of the communities."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def simulate(system: str, out: str, seed: int, scale: float, as_json: bool) -> None:
    """Write source files of a simulated district, as an office would hand them over, and a recipe to build them."""
    from geogrid.pipeline import simulate_sources

    recipe = simulate_sources(system, Path(out), seed=seed, scale=scale, progress=progress)
    if as_json:
        show_json({"system": system, "seed": seed, "scale": scale, "recipe": str(recipe)})
    else:
        click.echo(recipe)
