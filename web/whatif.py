"""What if (演训测算): other bounds tried on the project that is served, their figures and maps side by side; nothing is changed by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cachetools import LRUCache, cachedmethod
from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from geogrid import maps
from geogrid.errors import InputError
from geogrid.scheme_values import place_level, say_bounds
from web import tables, words
from web.language import language
from web.security import nonce
from web.served import Served, served

if TYPE_CHECKING:  # the generator is heavy, and most visits never ask it anything
    from geogrid.generate.levels import Ground
    from geogrid.generate.whatif import Outcome

blueprint = Blueprint("whatif", __name__)
MOST = 4
"""So many bounds fit on one page, side by side."""
LARGEST = 100_000
_KEPT = 8


class Tried:
    """Outcomes of one opened project, the last few of them kept; the ground is made at the first question."""

    def __init__(self, now: Served) -> None:
        self._now = now
        self._outcomes: LRUCache[tuple[str, int, int], Outcome] = LRUCache(_KEPT)

    def ground(self) -> Ground:
        """Return the ground of the project."""
        from geogrid.pipeline.reground import ground_of

        return self._now.keep("ground", lambda: ground_of(self._now.project))

    @cachedmethod(lambda self: self._outcomes)
    def outcome(self, level: str, lower: int, upper: int) -> Outcome:
        """Return what comes of one pair of bounds."""
        from geogrid.generate.whatif import compare

        return next(compare(self.ground(), level, [(lower, upper)], plan=self._now.project.plan()))


def levels(now: Served) -> list[str]:
    """Return the levels whose bounds can be tried, the lowest first."""
    return [level.id for level in reversed(now.project.scheme.levels) if level.make in ("bounds", "count") and level.households]


def asked() -> tuple[str, list[tuple[int, int]]]:
    """Read level and bounds from the address. Raises InputError for what is none."""
    now = served()
    known = levels(now)
    level = request.args.get("level") or (known[0] if known else "")
    if known and level not in known:
        raise InputError(f"level {level!r}: choose one of {', '.join(known)}", f"层级 {level!r}：可选 {'、'.join(known)}", field="level", value=level)
    pairs = list(dict.fromkeys(_pair(text) for text in request.args.getlist("households") if text.strip()))
    return level, pairs[:MOST]


def _pair(text: str) -> tuple[int, int]:
    lower, dash, upper = text.strip().replace("–", "-").replace("—", "-").replace("～", "-").partition("-")
    try:
        pair = int(lower), int(upper if dash else lower)
    except ValueError:
        pair = (0, 0)
    if not 0 < pair[0] <= pair[1] <= LARGEST:
        raise InputError(f"households={text!r}: write 8-12, or one number", f"户数 {text!r}：请写成 8-12，或一个数", field="households", value=text)
    return pair


@blueprint.get("/whatif")
def whatif_page() -> str:
    """上下限改成多少合适？"""
    now = served()
    level, pairs = asked()
    known = levels(now)
    address = _address("whatif.results", level, pairs) if pairs else ""
    own = now.project.scheme.level(level).households if known else None
    fields = [say_bounds(pair).replace("–", "-") for pair in pairs] or ([f"{own[0]}-{own[1]}"] if own else [])
    told: dict[str, Any] = {"known": known, "level": level, "fields": [*fields, *[""] * MOST][:MOST], "own": own, "results": address}
    return render_template("whatif.html", page="whatif", units=_places(now, level), unit=request.args.get("unit", ""), **told)


def _places(now: Served, level: str) -> list[tuple[str, str]]:
    """Units that the maps can show: (code, name) of the communities, or of the level above."""
    order = now.project.levels
    above = order[: order.index(level)] if level in order else []
    if not above:
        return []
    rows = tables.unit_rows(now, place_level(above))
    return [(code, name or code) for code, name in zip(rows.index, rows["name"].fillna(""), strict=True)]


def _address(endpoint: str, level: str, pairs: list[tuple[int, int]], unit: str | None = None) -> str:
    values = {"level": level, "households": [f"{low}-{high}" for low, high in pairs], "lang": request.args.get("lang", "")}
    return url_for(endpoint, unit=request.args.get("unit", "") if unit is None else unit, **{k: v for k, v in values.items() if v})


@blueprint.get("/whatif/results")
def results() -> str:
    """Compute, and answer with the part of the page that shows it."""
    from geogrid.generate.figures import figures, place_name, place_to_show

    now = served()
    level, pairs = asked()
    outcomes = _outcomes(now, level, pairs)
    if not outcomes:
        raise InputError("give households=8-12", "请给出户数上下限，如 8-12", field="households")
    place, code = place_to_show(outcomes, request.args.get("unit", ""))
    name = place_name(outcomes[0].plan, place, code)
    columns = [
        {
            "title": say_bounds(outcome.households),
            "own": outcome.households == now.project.scheme.level(level).households,
            "figures": figures(outcome, outcomes, language()),
            "map": _address("whatif.map_page", level, [outcome.households], code),
        }
        for outcome in outcomes
    ]
    return render_template("_whatif_results.html", columns=columns, place=name, level=words.level_name(now.project.scheme.level(level)))


@blueprint.get("/whatif/map")
def map_page() -> Response:
    """Answer with the map of one outcome alone."""
    from geogrid.generate.figures import place_to_show

    now = served()
    level, pairs = asked()
    outcomes = _outcomes(now, level, pairs[:1])
    if not outcomes:
        raise InputError("give households=8-12", "请给出户数上下限，如 8-12", field="households")
    place, code = place_to_show(outcomes, request.args.get("unit", ""))
    layers = {name: now.project.layer(name) for name in now.project.layers}
    project = now.project
    variant = maps.Variant(outcomes[0].plan, place, code, until=level, name=project.name, meta=project.meta, layers=layers)
    page = maps.variant_page(variant, level, lang=language())
    title = _("What if: %(bounds)s households", bounds=say_bounds(pairs[0]))
    return Response(maps.variant_html(page, title=title, assets=url_for("pages.asset", name=""), nonce=nonce()), mimetype="text/html")


def _outcomes(now: Served, level: str, pairs: list[tuple[int, int]]) -> list[Outcome]:
    tried = now.keep("whatif", lambda: Tried(now))
    return [tried.outcome(level, *pair) for pair in pairs]
