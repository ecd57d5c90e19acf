"""The refusals of the desk, in words: an adopted plan, a unit that changed meanwhile, nothing to take back."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.errors import ConflictError, EditError
from geogrid.findings import Finding
from geogrid.store.records import Entry, PlanInfo

_SHOWN = 5


def is_adopted(info: PlanInfo) -> EditError:
    """Return the error for an edit of an adopted plan."""
    message = f"plan {info.id} is adopted and takes no edits: fork it, edit the draft, then adopt that"
    return EditError(message, f"方案 {info.id} 已采用，不再接受调整：请另立草案，调整后再采用", reason="plan_adopted", units=[], plan=info.id)


def changed_meanwhile(info: PlanInfo, entries: Sequence[Entry]) -> ConflictError:
    """Return the error for an edit whose units others have changed; facts: `version` (of now), `units` (codes), `entries`."""
    codes = sorted({code for entry in entries for code in entry.units})
    who = sorted({entry.author for entry in entries})
    shown, more = ", ".join(codes[:_SHOWN]), " …" if len(codes) > _SHOWN else ""
    message = f"{shown}{more}: changed meanwhile by {', '.join(who)}; look at the change, then do yours on top, or fork"
    message_zh = f"{shown.replace(', ', '、')}{more}：已被 {'、'.join(who)} 改动；请先查看，再在其上重做，或另立草案"
    return ConflictError(message, message_zh, version=info.version, units=codes, entries=list(entries))


def built_upon(info: PlanInfo, entry: Entry, entries: Sequence[Entry]) -> ConflictError:
    """Return the error for an undo of an edit on which later ones rest."""
    codes, who = sorted({code for each in entries for code in each.units}), sorted({each.author for each in entries})
    message = f"version {entry.version} can not be taken back: {', '.join(who)} changed {', '.join(codes[:_SHOWN])} after it"
    message_zh = f"第 {entry.version} 版不能撤回：{'、'.join(who)} 此后又改动了 {'、'.join(codes[:_SHOWN])}"
    return ConflictError(message, message_zh, version=info.version, units=codes, entries=list(entries))


def nothing_to(kind: str, info: PlanInfo, author: str) -> EditError:
    """Return the error where an author has nothing to "undo" or to "redo"."""
    word = {"undo": "撤回", "redo": "重做"}[kind]
    message = f"plan {info.id}: there is nothing of {author} to {kind}"
    return EditError(message, f"方案 {info.id}：{author} 没有可{word}的调整", reason=f"nothing_to_{kind}", units=[])


def comes_too_early(day: str, last: str) -> EditError:
    """Return the error for a plan that is to hold from a day before the one in force does."""
    message = f"the plan in force holds from {last}: adopt from that day on, not from {day}"
    return EditError(message, f"现行方案自 {last} 起施行：采用日期不能早于此日（{day}）", reason="valid_from", units=[], value=day)


def has_new_errors(info: PlanInfo, found: Sequence[Finding]) -> EditError:
    """Return the error for a plan with faults that the plan in force has not; facts: `findings`, `units` (codes)."""
    codes = sorted({code for finding in found for code in finding.units})
    message = f"plan {info.id} has {len(found)} new errors, first: {found[0].message}; mend them, or accept them on purpose"
    message_zh = f"方案 {info.id} 有 {len(found)} 个新错误，首个：{found[0].message_zh}；请先改正，或明确接受后采用"
    return EditError(message, message_zh, reason="adopt_findings", units=codes, findings=list(found))
