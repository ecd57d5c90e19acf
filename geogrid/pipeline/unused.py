"""What was given and yet makes nothing of a plan: levels that the scheme does not have, buildings of which none is known as a home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geogrid.catalogue.columns import ROLE_WORDS
from geogrid.findings import Finding
from geogrid.generate import Homes
from geogrid.reading.sources import Sources
from geogrid.scheme import Scheme

_LEVEL_ROLES = ("streets", "communities", "grids", "microgrids")
_SHOWN = 8


def find_unused(sources: Sources, scheme: Scheme, homes: Homes) -> list[Finding]:
    """Tell of given levels that no level of the scheme takes, and of buildings without any households."""
    levels = {level.role for level in scheme.levels}
    found = [_note(sources, role, *_no_level(role, scheme)) for role in _LEVEL_ROLES if role in sources.frames and role not in levels]
    if "buildings" in sources.frames and len(homes.households) and not homes.households.any():
        found.append(_note(sources, "buildings", *_no_homes(sources)))
    return found


def _no_level(role: str, scheme: Scheme) -> tuple[str, str]:
    words, listed = ROLE_WORDS[role], " ".join(level.id for level in scheme.levels)
    english = f"the scheme has no level for {words['en']} ({listed}), so they are not in the plan; take a scheme that has it"
    return english, f"层级方案没有{words['zh']}这一层级（{listed}），所以没有进入划分；需要时请换用有这一层级的方案"


def _no_homes(sources: Sources) -> tuple[str, str]:
    """Say why no building has households: no use is known as homes, or the figures are 0."""
    frame = sources.frames["buildings"]
    if "use" not in frame or ("households" in frame and frame["households"].notna().any()):
        return "no building has households: all that is given or could be estimated is 0", "没有一栋楼有户数：给出的和估算的都是 0"
    counts = frame["use"].replace("", "—").value_counts(sort=False).reset_index().sort_values(["count", "use"], ascending=[False, True])
    listed = ", ".join(f"“{use}” {n:,}" for use, n in list(counts.itertuples(index=False))[:_SHOWN])
    english = f"no building has households: none of the uses is known as homes ({listed}); say which are: homes = […]"
    return english, f"没有一栋楼有户数：没有一种用途被认作住宅（{listed}）；请在配方中写明 homes = […]"


def _note(sources: Sources, role: str, reason: str, reason_zh: str) -> Finding:
    read: Mapping[str, Any] = sources.read.get(role, {})
    facts = {"role": role, "file": read.get("file", role), "layer": read.get("layer", ""), "reason": reason, "reason_zh": reason_zh}
    return Finding("file_note", "", facts=facts)
