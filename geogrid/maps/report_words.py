"""The words on the page of findings that opens from disk, Chinese and English."""

from __future__ import annotations

_WORDS: dict[str, dict[str, str]] = {
    "title": {"zh": "检查结果", "en": "Findings"},
    "all": {"zh": "全部", "en": "all"},
    "error": {"zh": "错误", "en": "error"},
    "warning": {"zh": "警告", "en": "warning"},
    "errors": {"zh": "错误 {n} 处", "en": "errors {n}"},
    "warnings": {"zh": "警告 {n} 处", "en": "warnings {n}"},
    "severity": {"zh": "严重程度", "en": "Severity"},
    "kind": {"zh": "问题", "en": "Kind"},
    "all_kinds": {"zh": "全部问题", "en": "all kinds"},
    "find": {"zh": "筛选编码或文字", "en": "Filter by code or text"},
    "units": {"zh": "单元", "en": "Units"},
    "size": {"zh": "大小", "en": "Size"},
    "width": {"zh": "最宽", "en": "Widest"},
    "rows": {"zh": "行", "en": "Rows"},
    "in_rows": {"zh": "来自文件 {file} 第 {rows} 行", "en": "From {file}, rows {rows}"},
    "next": {"zh": "下一处", "en": "Next"},
    "previous": {"zh": "上一处", "en": "Previous"},
    "close": {"zh": "关闭", "en": "Close"},
    "of": {"zh": "{at} / {n} 处", "en": "{at} of {n}"},
    "widest": {"zh": "最宽 {text}", "en": "widest {text}"},
    "see_width": {"zh": "看最宽处", "en": "See where it is widest"},
    "shown": {"zh": "列出 {n} 处，共 {all} 处", "en": "{n} of {all} findings listed"},
    "left_out": {
        "zh": "页面只放 {n} 处，每种问题先放最大的；其余 {left} 处没有放入。全部结果请用 geogrid validate … --json 或 --features 取得。",
        "en": "This page holds {n}, the largest of each kind first; {left} are left out. Get all with geogrid validate … --json or --features.",
    },
    "none": {"zh": "没有发现问题：{checked} 个单元按全部规则查过。", "en": "Nothing was found: {checked} units were checked by every rule."},
    "none_fits": {"zh": "没有符合筛选条件的问题。", "en": "No finding fits the filters."},
    "checked": {"zh": "查过 {checked} 个单元", "en": "{checked} units checked"},
    "no_place": {"zh": "这一处在图上没有位置。", "en": "This finding has no place on the map."},
    "no_map": {"zh": "不知道坐标系，无法上图。", "en": "Without a coordinate system there is no map."},
    "m2": {"zh": "平方米", "en": "m²"},
    "ha": {"zh": "公顷", "en": "ha"},
    "m": {"zh": "米", "en": "m"},
    "cm": {"zh": "厘米", "en": "cm"},
    "map": {"zh": "地图", "en": "Map"},
    "list": {"zh": "问题列表", "en": "List of findings"},
    "locator": {"zh": "位置示意", "en": "Where it lies"},
    "by": {"zh": "按“{what}”排序", "en": "Sort by {what}"},
}


def report_words(lang: str) -> dict[str, str]:
    """Return every sentence in one language, "zh" unless `lang` starts with "en"."""
    key = "en" if lang.startswith("en") else "zh"
    return {name: text[key] for name, text in _WORDS.items()}
