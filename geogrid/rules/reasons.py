"""A unit may break a bound for a reason: how that reason reads, and what it does to severity."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geogrid.catalogue import REASONS, WHY, cure_words

NOT_PROVEN = "not_proven"


def is_accepted(reason: str) -> bool:
    """Tell whether a reason is certified or given, so that a unit may be out of bounds."""
    return reason not in ("", NOT_PROVEN)


def severity(reason: str) -> str:
    """Return "warning" for a certified or given reason, "" (the rule's own severity) for none or an unproven one."""
    return "warning" if is_accepted(reason) else ""


def reason_facts(reason: str, otherwise: str = "no_reason", note: str = "") -> dict[str, str]:
    """Return the facts `reason` and `reason_zh`: the sentence of a reason (a planner's own reads as his `note`), else what to do (a key of `WHY`)."""
    entry = REASONS.get(reason, {"zh": reason, "en": reason}) if reason else WHY[otherwise]
    return {"reason": entry["en"].replace("{note}", note), "reason_zh": entry["zh"].replace("{note}", note)}


def cure_facts(cure: str, metres: float) -> dict[str, str]:
    """Return the facts `cure` and `cure_zh`: how the message goes on to say what would bring a unit into its bounds, "" where that is not known."""
    words = cure_words(cure, metres)
    return {"cure": f"; {words['en']}", "cure_zh": f"；{words['zh']}"} if cure else {"cure": "", "cure_zh": ""}


def is_held(geometry: BaseGeometry, link_m: float) -> bool:
    """Tell whether the pieces of a unit hang together by walking links of at most `link_m` metres; 0 means that it has none."""
    if not link_m > 0:
        return False
    pieces = shapely.get_parts(geometry)
    away = np.array([shapely.distance(piece, pieces) for piece in pieces])
    return connected_components(away <= link_m, directed=False)[0] == 1
