"""What the desk answers with: a plan's facts, an entry of its log, an edit that is done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geogrid.edit.change import Change
from geogrid.edit.derive import Row
from geogrid.edit.ground import Ground
from geogrid.edit.state import State
from geogrid.findings import Finding


@dataclass(frozen=True)
class PlanInfo:
    """A plan's facts. `state` is "draft" or "adopted"; `parent` and `fork_version` say what it was forked from; times are ISO, "" where never."""

    id: str
    name: str
    state: str
    version: int
    parent: str = ""
    fork_version: int | None = None
    author: str = ""
    created_at: str = ""
    adopted_at: str = ""
    valid_from: str = ""


@dataclass(frozen=True)
class Entry:
    """One version of a plan: who did what, when and why.

    `kind` is the edit's, or "undo", "redo", "adopt"; `edit` its JSON ({} where there is none); `unit_ids` and `units` (codes, before and after) are
    what it touched. An undo says in `undoes` which version it took back, a redo which undo. `valid_from` is the day on which an adopted version
    comes into force, "" for none.
    """

    version: int
    time: str
    author: str
    reason: str
    kind: str
    edit: Mapping[str, Any]
    change_json: str
    unit_ids: tuple[int, ...]
    units: tuple[str, ...]
    undoes: int | None = None
    request_id: str = ""
    valid_from: str = ""
    ground: Ground | None = field(default=None, repr=False, compare=False)

    @property
    def change(self) -> Change:
        """The delta from the version before, of an entry that a desk gave."""
        assert self.ground is not None
        return Change.from_json(self.ground, json.loads(self.change_json))

    @property
    def atom_ids(self) -> frozenset[int]:
        """The atoms that went from one leaf to another."""
        return frozenset(atom for _before, _after, atoms in json.loads(self.change_json)["atoms"] for atom in atoms)


@dataclass(frozen=True, eq=False)
class Committed:
    """What a call did: the version it led to from `before`, the codes it touched, what is found of these units, the delta and the plan after it.

    `rows`: as they now are, those units whose row in the layers of `main` was written again (none of another plan). `is_repeat`: it had been done
    before, under the same request id.
    """

    version: int
    before: int
    units: tuple[str, ...]
    findings: Sequence[Finding]
    change: Change
    state: State
    entries: tuple[Entry, ...]
    rows: tuple[Row, ...] = ()
    is_repeat: bool = False
