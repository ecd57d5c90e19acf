"""A unit may break a bound for a reason: how that reason reads, and what it does to severity."""

from __future__ import annotations

from geogrid import catalogue

NOT_PROVEN = "not_proven"


def severity(reason: str) -> str:
    """Return "warning" for a certified or given reason, "" (the rule's own severity) for none or an unproven one."""
    return "warning" if reason not in ("", NOT_PROVEN) else ""


def reason_facts(reason: str) -> dict[str, str]:
    """Return the facts `reason` and `reason_zh`: the sentence of a reason, or what to do where there is none."""
    sentences = getattr(catalogue, "REASONS", {})
    if reason:
        entry = sentences.get(reason, {"zh": reason, "en": reason})
        return {"reason": entry["en"], "reason_zh": entry["zh"]}
    return {"reason": "", "reason_zh": ""}
