"""Why a unit is out of its bounds, what would cure it, and the same in a few words for tables."""

from __future__ import annotations

# Why a unit may be out of bounds (`geogrid.partition`): the key is stored with the unit, the sentence is said with its finding.
REASONS: dict[str, dict[str, str]] = {
    "component_too_light": {
        "zh": "与其他住户不连通的这一片，总户数低于下限",
        "en": "this part is cut off from all other households and holds fewer than the lower bound",
    },
    "component_between": {
        "zh": "与其他住户不连通的这一片，总户数无论分成几组都不能全部落在上下限之内",
        "en": "this part is cut off from all other households, and no number of groups divides its total within the bounds",
    },
    "no_packing": {
        "zh": "各层（各户型）户数是整数块，任何组合都不能全部落在上下限之内",
        "en": "its floors (or houses) come in sizes that no combination brings within the bounds",
    },
    "not_connectable": {
        "zh": "与相邻住户无论怎样连通组合都不能全部落在上下限之内：周围的连通分法已全部试过",
        "en": "no connected combination with its neighbours brings all within the bounds: every one round it was tried",
    },
    "beside_heavy": {
        "zh": "其中单独一层（一块）的户数就超过上限，不能再分；周围剩余的住户并入其中",
        "en": "one floor (or lot) in it alone holds more than the upper bound and can not be divided; neighbours that were left over joined it",
    },
    "atom_too_heavy": {
        "zh": "单独一层（一块）的户数就超过上限，不能再分",
        "en": "one floor (or lot) alone holds more than the upper bound and can not be divided",
    },
    "outside_compounds": {
        "zh": "不属于任何小区的住户",
        "en": "homes outside every compound",
    },
    "own_land": {
        "zh": "不属于任何小区的单位或用地（学校、机关、商务楼宇等）",
        "en": "land of its own outside every compound (a school, offices, shops)",
    },
    "count_fixed": {
        "zh": "规定的单元个数与上下限不能同时满足",
        "en": "the number of units that is laid down and the bounds can not both be met",
    },
    "no_centre": {
        "zh": "与其他住户不连通的这一片没有中心户",
        "en": "this part is cut off from all other households and has no centre household",
    },
    "centres_together": {
        "zh": "同一层（一块）里有几个中心户，不能分开",
        "en": "several centre households live on the one floor (or lot), which can not be divided",
    },
    "centres_few": {
        "zh": "这一片的户数多于其中心户按上限所能联系的户数",
        "en": "this part holds more households than its centres can take within the bounds",
    },
    "centres_many": {
        "zh": "这一片的户数少于其中心户按下限所需的户数",
        "en": "this part holds fewer households than its centres need within the bounds",
    },
    "centre_crowded": {
        "zh": "这个中心户四周都是别的中心户，不经过它们所能到达的住户少于下限",
        "en": "other centres stand round this one: the households it can reach without passing them are fewer than the lower bound",
    },
    "centre_alone": {
        "zh": "只与这个中心户相连的住户就超过上限",
        "en": "the households that can reach no other centre are more than the upper bound",
    },
    "centres_placed": {
        "zh": "各中心户的位置使每组一个中心户的连通分法都不能全部落在上下限之内：已全部试过",
        "en": "as its centres stand, no connected division with one of them in each group brings all within the bounds: every one was tried",
    },
    "across_main_road": {
        "zh": "主干路（或桥）一侧的住户单独划不成合规的单元，只能与对侧合为一个",
        "en": "the homes on one side of the main road (or bridge) make no unit within the bounds by themselves, so it takes in both sides",
    },
    "given": {
        "zh": "规划人员给出的理由：{note}",
        "en": "the planner's reason: {note}",
    },
    "not_proven": {
        "zh": "未能证明不可避免，需人工核对",
        "en": "not proven to be unavoidable: look at it by hand",
    },
}

# What would bring a unit into its bounds: the key is stored with the unit beside its reason.
CURES: dict[str, dict[str, str]] = {
    "link": {
        "zh": "可用 {metres} 米的步行连线并入相邻部分（link_m），或予以接受",
        "en": "a walking link of {metres} m would join it to its neighbours (link_m), or accept it",
    },
    "halve": {
        "zh": "把一层拆开即可（halve 或 split_floors），或予以接受",
        "en": "dividing a floor would do (halve or split_floors), or accept it",
    },
    "more_centres": {"zh": "请在这一片增设中心户，或予以接受", "en": "name one more centre household there, or accept it"},
    "fewer_centres": {"zh": "请减少这一片的中心户，或予以接受", "en": "name fewer centre households there, or accept it"},
    "other_centres": {"zh": "请另选中心户，或予以接受", "en": "choose another centre household, or accept it"},
    "accept": {
        "zh": "没有已知的办法，请予以接受，或改上下限",
        "en": "nothing is known that would cure it: accept it, or change the bounds",
    },
}


def cure_words(key: str, metres: float = 0.0) -> dict[str, str]:
    """Return what would cure a unit, in Chinese ("zh") and English ("en"); a key that is not known (one that somebody wrote) reads as it is.

    >>> cure_words("link", 161.4)["en"]
    'a walking link of 161 m would join it to its neighbours (link_m), or accept it'
    """
    return {language: words.format(metres=f"{metres:,.0f}") for language, words in CURES.get(key, {"zh": key, "en": key}).items()}


# Reasons in a few words, for tables.
REASON_TITLES: dict[str, dict[str, str]] = {
    "component_too_light": {"zh": "孤立且户数不足", "en": "cut off, too few"},
    "component_between": {"zh": "孤立且总数分不匀", "en": "cut off, total does not divide"},
    "no_packing": {"zh": "各层户数凑不成", "en": "floor sizes do not add up"},
    "not_connectable": {"zh": "周围无连通分法", "en": "no connected way round it"},
    "beside_heavy": {"zh": "紧邻超限层", "en": "beside a floor too large"},
    "atom_too_heavy": {"zh": "单层即超上限", "en": "one floor exceeds the bound"},
    "count_fixed": {"zh": "受规定个数限制", "en": "the count is laid down"},
    "outside_compounds": {"zh": "小区以外的住户", "en": "homes outside compounds"},
    "own_land": {"zh": "小区以外的单位用地", "en": "land of its own"},
    "across_main_road": {"zh": "不得不跨主干路", "en": "has to lie across a main road"},
    "given": {"zh": "人工给出理由", "en": "a reason was given"},
    "not_proven": {"zh": "未能证明", "en": "not proven"},
}
