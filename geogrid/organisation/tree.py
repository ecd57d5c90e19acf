"""The organisation tree (党委 → 党支部 → 党小组 → 党员中心户): who is under whom at a moment, and what does not fit into a tree.

orphan      names a parent that is not there: it stands at the top, and is told
cycle       organisations that are each other's parents: the first of them by id stands at the top, and all are told
misplaced   of a kind that the scheme puts under other kinds than its parent's
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geogrid.organisation.times import ends, starts
from geogrid.scheme import Scheme, Text
from geogrid.wording import folded, kinds_by_word


@dataclass(frozen=True, eq=False)
class Tree:
    """`nodes`: index `id`, columns `name kind parent depth below`, depth first, siblings by kind and name; `parent` is "" at the top.

    `kind` is the scheme's id where it knows the kind by id or name, else the data's word; `below` counts all organisations under one. `orphans`: by
    id the parent that is not there; `cycles`: tuples of ids; `misplaced`: ids.
    """

    nodes: pd.DataFrame
    orphans: Mapping[str, str]
    cycles: tuple[tuple[str, ...], ...]
    misplaced: tuple[str, ...]

    def path(self, name: str) -> tuple[str, ...]:
        """Return the ids from the top down to an organisation; () for one that is not there."""
        found: list[str] = []
        parents = self.nodes["parent"]
        while name and name in parents.index:
            found.append(name)
            name = str(parents[name])
        return tuple(reversed(found))

    def counts(self) -> dict[str, int]:
        """Return how many organisations there are of each kind, in the order of the tree."""
        found = self.nodes.groupby("kind", sort=False).agg(n=("depth", "size"), depth=("depth", "min"))
        return {str(kind): int(n) for kind, n in found.sort_values("depth", kind="stable")["n"].items()}


def tree_at(organisations: pd.DataFrame, scheme: Scheme, seconds: float) -> Tree:
    """Return the tree of the organisations (`geogrid.organisation.records`) that exist at an instant; rows that repeat an id count once."""
    here = (starts(organisations["valid_from"]) <= seconds) & (seconds < ends(organisations["valid_to"]))
    rows = organisations[here].drop_duplicates("id").sort_values("id", kind="stable")
    words = kinds_by_word(scheme.organisations)
    kinds = {name: words.get(folded(word), word) for name, word in zip(rows["id"], rows["kind"], strict=True)}
    said = dict(zip(rows["id"], rows["parent"], strict=True))
    orphans = {name: parent for name, parent in said.items() if parent and parent not in said}
    parents = {name: "" if name in orphans else parent for name, parent in said.items()}
    cycles = _cycles(parents)
    parents |= {cycle[0]: "" for cycle in cycles}
    names = dict(zip(rows["id"], rows["name"], strict=True))
    return Tree(_nodes(names, kinds, parents, scheme), orphans, cycles, _misplaced(kinds, parents, scheme))


def kind_name(kind: str, scheme: Scheme) -> Text:
    """Return what a kind of organisation is called: by the scheme, else as the data says."""
    return scheme.organisations[kind].name if kind in scheme.organisations else Text(kind, kind)


def _cycles(parents: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Return the circles of a mapping from child to parent, each from its first id on."""
    seen: dict[str, int] = {}
    found = []
    for turn, start in enumerate(parents):
        way, at = [], start
        while at and at not in seen:
            seen[at] = turn
            way.append(at)
            at = parents[at]
        if at and seen[at] == turn:
            circle = way[way.index(at) :]
            first = circle.index(min(circle))
            found.append(tuple(circle[first:] + circle[:first]))
    return tuple(sorted(found))


def _nodes(names: Mapping[str, str], kinds: Mapping[str, str], parents: Mapping[str, str], scheme: Scheme) -> pd.DataFrame:
    order = {kind: at for at, kind in enumerate(scheme.organisations)}
    children: dict[str, list[str]] = {}
    for name in sorted(parents, key=lambda name: (order.get(kinds[name], len(order)), kinds[name], names[name], name)):
        children.setdefault(parents[name], []).append(name)
    listed: list[str] = []
    depths: list[int] = []
    waiting = [(name, 0) for name in reversed(children.get("", []))]
    while waiting:
        name, depth = waiting.pop()
        listed.append(name)
        depths.append(depth)
        waiting += [(child, depth + 1) for child in reversed(children.get(name, []))]
    below = dict.fromkeys(listed, 0)
    for name in reversed(listed):
        if parents[name]:
            below[parents[name]] += 1 + below[name]
    columns = {
        "name": [names[name] for name in listed],
        "kind": [kinds[name] for name in listed],
        "parent": [parents[name] for name in listed],
    }
    figures = {"depth": np.array(depths, dtype="int64"), "below": np.array([below[name] for name in listed], dtype="int64")}
    return pd.DataFrame({**columns, **figures}, index=pd.Index(listed, name="id", dtype=object))


def _misplaced(kinds: Mapping[str, str], parents: Mapping[str, str], scheme: Scheme) -> tuple[str, ...]:
    under = {kind: rule.under for kind, rule in scheme.organisations.items() if rule.under}
    return tuple(name for name, parent in parents.items() if parent and kinds[name] in under and kinds[parent] not in under[kinds[name]])
