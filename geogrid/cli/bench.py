"""`geogrid bench`: the figures of BENCHMARKS.md, measured on this machine."""

from __future__ import annotations

import click

from geogrid.cli.output import show_json


@click.command(epilog="Example: geogrid bench district --scale 0.1")
@click.argument("name", type=click.Choice(["district", "growth", "validate", "page"]))
@click.option("--scale", type=click.FloatRange(min=0, min_open=True, max=1), default=1.0, show_default=True, help="Share of the full size.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def bench(name: str, scale: float, seed: int, as_json: bool) -> None:
    """Measure: a build stage by stage, its growth, the cost of a full check, the time until the overview answers."""
    from geogrid.bench import BENCHES

    figures = BENCHES[name](scale=scale, seed=seed)
    if as_json:
        show_json(figures)
        return
    for key, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{key}:")
            for inner, figure in value.items():
                click.echo(f"  {inner:<12} {figure}")
        else:
            click.echo(f"{key}: {value}")
