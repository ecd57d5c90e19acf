"""A unit may break a bound for a reason: how that reason reads, and what it does to severity."""

from __future__ import annotations

from geogrid.catalogue import REASONS, WHY

NOT_PROVEN = "not_proven"


def is_accepted(reason: str) -> bool:
    """Tell whether a reason is certified or given, so that a unit may be out of bounds."""
    return reason not in ("", NOT_PROVEN)


def severity(reason: str) -> str:
    """Return "warning" for a certified or given reason, "" (the rule's own severity) for none or an unproven one."""
    return "warning" if is_accepted(reason) else ""


def reason_facts(reason: str, otherwise: str = "no_reason") -> dict[str, str]:
    """Return the facts `reason` and `reason_zh`: the sentence of a reason (a given one reads as it is), else what to do (a key of `WHY`)."""
    entry = REASONS.get(reason, {"zh": reason, "en": reason}) if reason else WHY[otherwise]
    return {"reason": entry["en"], "reason_zh": entry["zh"]}
