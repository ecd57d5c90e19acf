"""What is missing of people, posts and duties in a unit, and what to do about it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable

_MISSING: dict[str, dict[str, str]] = {
    "person": {"zh": "没有{kind}，应有 {wanted} 人", "en": "no {kind}, {wanted} wanted"},
    "few": {"zh": "{kind}只有 {have} 人，应有 {wanted} 人", "en": "{have} {kind} only, {wanted} wanted"},
    "many": {"zh": "{kind}有 {have} 人，至多 {wanted} 人", "en": "{have} {kind}, at most {wanted} wanted"},
    "post": {"zh": "{lacking} 名{kind}没有岗位", "en": "{lacking} of {wanted} {kind} without a post"},
    "duty": {"zh": "{lacking} 名{kind}没有职责", "en": "{lacking} of {wanted} {kind} without a duty"},
}
_SHORT: dict[str, dict[str, str]] = {
    "person": {"zh": "缺{kind} {lacking}", "en": "{lacking} {kind}"},
    "few": {"zh": "缺{kind} {lacking}", "en": "{lacking} {kind}"},
    "many": {"zh": "{kind}多 {over}", "en": "{over} {kind} too many"},
    "post": {"zh": "缺岗位 {lacking}", "en": "{lacking} without post"},
    "duty": {"zh": "缺职责 {lacking}", "en": "{lacking} without duty"},
}
_TO_DO: dict[str, dict[str, str]] = {
    "person": {"zh": "配备人员，或补上隶属关系", "en": "appoint somebody, or add the membership"},
    "few": {"zh": "再配备 {lacking} 人，或补上隶属关系", "en": "appoint {lacking} more, or add the memberships"},
    "many": {"zh": "核对隶属关系，把多出的 {over} 人改派或注明止期", "en": "check the memberships: move {over}, or write until when they hold"},
    "post": {"zh": "在隶属表中写明岗位", "en": "write the post into the memberships"},
    "duty": {"zh": "在人员表或方案中写明职责", "en": "write the duties into the table of staff, or the scheme"},
}
NOBODY = {
    "why_zh": "没有人员",
    "why": "no officer",
    "do_zh": _TO_DO["person"]["zh"],
    "do": _TO_DO["person"]["en"],
}
"""Facts of a finding `no_staff` on a unit of which no more is known than that nobody is there."""
ANYBODY = {"zh": "人员", "en": "person"}


def sort_of(missing: str, wanted: int, have: int) -> str:
    """Return which sentence a gap takes: too many people are told otherwise than too few."""
    return missing if missing != "number" else "many" if have > wanted else "few"


def gap_words(missing: str, kind: str, wanted: int, have: int, language: str) -> str:
    """Say what is missing; `kind`: the name of the kind of officer in `language`, "" for any.

    >>> gap_words("number", "full-time officer", 1, 2, "en"), gap_words("post", "", 3, 1, "zh")
    ('2 full-time officer, at most 1 wanted', '2 名人员没有岗位')
    """
    text = _MISSING[sort_of(missing, wanted, have)][language]
    return text.format(kind=kind or ANYBODY[language], wanted=f"{wanted:,}", have=f"{have:,}", lacking=f"{wanted - have:,}")


def short_words(missing: str, kind: str, wanted: int, have: int, language: str) -> str:
    """Say what is missing in the few words that a table has room for."""
    text = _SHORT[sort_of(missing, wanted, have)][language]
    return text.format(kind=kind or ANYBODY[language], lacking=f"{wanted - have:,}", over=f"{have - wanted:,}")


def to_do_words(missing: str, wanted: int, have: int, language: str) -> str:
    """Say what to do about a gap."""
    return _TO_DO[sort_of(missing, wanted, have)][language].format(lacking=f"{wanted - have:,}", over=f"{have - wanted:,}")


def all_words(told: Iterable[str], language: str) -> str:
    """Join what is missing in one unit."""
    return ("；" if language == "zh" else "; ").join(told)
