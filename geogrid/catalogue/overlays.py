"""Normal and emergency (平急) in words: states of an overlay, kinds, and what is doubtful about one, in Chinese and English."""

from __future__ import annotations

NOW = {
    "normal": {"zh": "平时", "en": "normal times"},
    "emergency": {"zh": "急时", "en": "emergency"},
}
STATES: dict[str, dict[str, str]] = {
    "prepared": {"zh": "未开始", "en": "prepared"},
    "in_force": {"zh": "进行中", "en": "in force"},
    "ended": {"zh": "已结束", "en": "ended"},
    "ended_early": {"zh": "已提前结束", "en": "ended early"},
    "withdrawn": {"zh": "已撤回", "en": "withdrawn"},
    "faulty": {"zh": "日期有误，从不生效", "en": "never in force: dates"},
}
KINDS = {"real": {"zh": "实战", "en": "real"}, "drill": {"zh": "演练", "en": "drill"}}
ROLES = {
    "staff": {"zh": "人员", "en": "person"},
    "workplace": {"zh": "下沉单位", "en": "workplace"},
    "organisation": {"zh": "组织", "en": "organisation"},
}
_CLASHES: dict[str, dict[str, str]] = {
    "two_places": {
        "zh": "{who}同时被“{other}”安排到 {elsewhere}：请定去哪里",
        "en": "{who}: “{other}” sends the same to {elsewhere} at the same time; decide where",
    },
    "not_there": {
        "zh": "{who}当时并不在{where}，移除无从谈起：请核对隶属关系",
        "en": "{who} does not belong to {where} then, so there is nothing to remove; check the memberships",
    },
    "already_there": {"zh": "{who}本来就在{where}：此行不改变什么", "en": "{who} belongs to {where} anyway; this row changes nothing"},
}
_ANYWHERE = {"zh": "任何单元", "en": "anything"}


def now_words(n: int, language: str) -> str:
    """Say whether it is an emergency: while `n` real overlays are in force.

    >>> now_words(0, "zh"), now_words(2, "en")
    ('平时', 'emergency')
    """
    return NOW["emergency" if n else "normal"][language]


def clash_words(clash: str, language: str, *, who: str, where: str, other: str = "", elsewhere: str = "") -> str:
    """Say what is doubtful; names as they are shown.

    >>> clash_words("already_there", "en", who="W1", where="建华社区")
    'W1 belongs to 建华社区 anyway; this row changes nothing'
    """
    return _CLASHES[clash][language].format(who=who, where=where or _ANYWHERE[language], other=other, elsewhere=elsewhere)
