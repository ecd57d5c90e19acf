"""The refusals of the desk, in words: an adopted plan, a unit that changed meanwhile, nothing to take back."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.errors import ConflictError, EditError
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
