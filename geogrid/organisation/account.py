"""The account of a district's organisations at a moment: how many of each kind, which units they cover, and every list of exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geogrid.organisation.cover import Cover, find_cover
from geogrid.organisation.moment import Moment
from geogrid.organisation.times import instant
from geogrid.organisation.tree import Tree, kind_name, tree_at
from geogrid.scheme import Scheme


def tree_of(moment: Moment) -> Tree:
    """Return the tree of the organisations that exist at a moment."""
    return tree_at(moment.roster.organisations, moment.roster.scheme, instant(moment.when))


def account(moment: Moment, units: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return what there is, ready for JSON: `organisations kinds levels orphans cycles misplaced faults`; `units`: frames by level."""
    scheme, tree = moment.roster.scheme, tree_of(moment)
    faults = [fault for fault in moment.roster.faults if fault.table in ("organisations", "memberships")]
    return {
        "organisations": len(tree.nodes),
        "kinds": kinds_told(tree, scheme),
        "levels": [level_told(find_cover(moment, scheme, units, level), scheme) for level in units],
        "orphans": [{"id": name, "name": _name(tree, name), "parent": parent} for name, parent in sorted(tree.orphans.items())],
        "cycles": [list(cycle) for cycle in tree.cycles],
        "misplaced": [{"id": name, "name": _name(tree, name)} for name in tree.misplaced],
        "faults": [{"table": fault.table, "row": fault.row, "message": fault.en, "message_zh": fault.zh} for fault in faults],
    }


def kinds_told(tree: Tree, scheme: Scheme) -> list[dict[str, Any]]:
    """Return the kinds there are, top-down: `kind name name_zh n`."""
    names = {kind: kind_name(kind, scheme) for kind in tree.counts()}
    return [{"kind": kind, "name": names[kind].en, "name_zh": names[kind].zh, "n": n} for kind, n in tree.counts().items()]


def level_told(cover: Cover, scheme: Scheme) -> dict[str, Any]:
    """Return how a level is covered: `level asked kinds units covered share without several spanning`."""
    return {
        "level": cover.level,
        "asked": cover.is_asked,
        "kinds": [{"kind": kind, "name": kind_name(kind, scheme).en, "name_zh": kind_name(kind, scheme).zh} for kind in cover.kinds],
        "units": len(cover.units),
        "covered": len(cover.units) - len(cover.without),
        "share": None if cover.share is None else round(cover.share, 6),
        "without": list(cover.without),
        "several": {code: list(names) for code, names in cover.several.items()},
        "spanning": {name: list(codes) for name, codes in cover.spanning.items()},
    }


def _name(tree: Tree, name: str) -> str:
    return str(tree.nodes["name"].get(name, ""))
