"""An inspection in words, for a terminal: a few lines a layer, what is wrong grouped, with the numbers of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from geogrid.catalogue import rule_title
from geogrid.catalogue.columns import column_word, role_word
from geogrid.inspection.comments import comment
from geogrid.inspection.homes import home_question
from geogrid.inspection.report import LayerReport, Problem, likely

_KINDS = {
    "area": {"zh": "面", "en": "areas"},
    "line": {"zh": "线", "en": "lines"},
    "point": {"zh": "点", "en": "points"},
    "any": {"zh": "混合图形", "en": "mixed geometries"},
    "none": {"zh": "没有图形的表格", "en": "a table without geometry"},
}
_TITLES = {"input_unusable": {"zh": "不能使用", "en": "Can not be used"}}
_SENTENCES, _ROWS, _NAMES = 3, 8, 12


def report_lines(layer: LayerReport, language: str) -> list[str]:
    """Return the lines that people read of a layer, in "zh" or "en"; names out of the file stand as they are, on one line."""
    lines = [_title(layer), f"  {_what(layer, language)}", f"  {_role(layer, language)}"]
    lines += [
        f"  {line}" for line in (*_columns(layer, language), _rows(layer, language), *_options(layer, language), *_homes(layer, language)) if line
    ]
    return lines + [f"  {line}" for line in problem_lines(layer.findings, language)]


def taken_words(columns: Mapping[str, str], language: str) -> str:
    """Word which of their columns stand for ours.

    >>> taken_words({"code": "SQDM"}, "en"), taken_words({"code": "SQDM"}, "zh")
    ('SQDM for the code', 'SQDM 当作编码')
    """
    if language == "zh":
        return "、".join(f"{plain(theirs)} 当作{column_word(ours, 'zh')}" for ours, theirs in columns.items())
    return ", ".join(f"{plain(theirs)} for the {column_word(ours, 'en')}" for ours, theirs in columns.items())


def heading_lines(taken: Mapping[str, Mapping[str, str]], doubtful: Mapping[str, Mapping[str, Sequence[str]]], language: str) -> list[str]:
    """Return a line for each role, of which columns a build took by their headings, and of those that it left because several could be meant.

    >>> heading_lines({"communities": {"code": "SQDM"}}, {"buildings": {"floors": ["层数", "总层数"]}}, "en")
    ['communities: I took SQDM for the code', 'buildings: the number of floors could be 层数 or 总层数: not taken, say which']
    """
    zh, colon = language == "zh", "：" if language == "zh" else ": "
    lines = [f"{role_word(role, language)}{colon}{'把 ' if zh else 'I took '}{taken_words(columns, language)}" for role, columns in taken.items()]
    for role, columns in doubtful.items():
        lines += [f"{role_word(role, language)}{colon}{doubtful_words(ours, theirs, language)}" for ours, theirs in columns.items()]
    return lines


def doubtful_words(ours: str, theirs: Sequence[str], language: str) -> str:
    """Word that several of their columns could be ours."""
    if language == "zh":
        return f"{column_word(ours, 'zh')}是 {' 还是 '.join(map(plain, theirs))}？没有采用，请指明"
    return f"the {column_word(ours, 'en')} could be {' or '.join(map(plain, theirs))}: not taken, say which"


def problem_lines(problems: Sequence[Problem], language: str) -> list[str]:
    """Group problems by severity, rule and column: how many, in which rows, the first few in words."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.rule, problem.field), []).append(problem)
    lines = []
    for (severity, rule, field), found in sorted(groups.items(), key=lambda group: group[0]):
        rows = [str(problem.row) for problem in found if problem.row]
        shown = ", ".join(rows[:_ROWS]) + (" …" if len(rows) > _ROWS else "")
        title = _TITLES[rule][language] if rule in _TITLES else rule_title(rule, language)
        where = "" if not rows else f"（第 {shown} 行）" if language == "zh" else f" (row {shown})" if len(rows) == 1 else f" (rows {shown})"
        word = {"error": "错误", "warning": "警告"}[severity] if language == "zh" else severity
        lines.append(f"{word}: {title}{f' [{plain(field)}]' if field else ''}: {len(found):,}{where}")
        lines += [f"    {_sentence(problem, language)}" for problem in found[:_SENTENCES]]
        if len(found) > _SENTENCES:
            left = len(found) - _SENTENCES
            lines.append(f"    … 还有 {left:,} 处（--json 列出全部）" if language == "zh" else f"    … {left:,} more (--json lists all)")
    return lines


def _sentence(problem: Problem, language: str) -> str:
    said = plain(problem.message_zh if language == "zh" else problem.message)
    if len(problem.rows) < 2:
        return said
    shown = ", ".join(map(str, problem.rows[:_ROWS])) + (" …" if len(problem.rows) > _ROWS else "")
    return f"第 {shown} 行：{said}" if language == "zh" else f"rows {shown}: {said}"


def plain(text: str) -> str:
    """Return a text on one line, without control characters."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


def _title(layer: LayerReport) -> str:
    file = Path(layer.file)
    return plain(file.name if layer.layer in ("", file.stem) else f"{file.name} · {layer.layer}")


def _what(layer: LayerReport, language: str) -> str:
    zh = language == "zh"
    parts = [f"{layer.rows:,} 行，{_KINDS[layer.geometry]['zh']}" if zh else f"{_counted(layer.rows)}, {_KINDS[layer.geometry]['en']}"]
    if layer.geometry != "none":
        default = ("，格式默认" if zh else ", the format's default") if not layer.crs_stated else ""
        named = f"（{layer.crs_name}{default}）" if zh else f" ({layer.crs_name}{default})"
        parts.append(layer.crs + named if layer.crs else "没有写明坐标系" if zh else "no coordinate system stated")
    return ("，" if zh else ", ").join([*parts, *([layer.encoding] if layer.encoding else [])])


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _role(layer: LayerReport, language: str) -> str:
    least = 0.5 * max((guess.score for guess in layer.roles), default=0.0)
    others = [guess.role for guess in layer.roles if guess.role != layer.role and guess.score >= least][:3]
    if language == "zh":
        also = f"（也可能是{'、'.join(role_word(role, 'zh') for role in others)}）" if others else ""
        return f"角色：{role_word(layer.role, 'zh')} {layer.role}{also}" if layer.role else f"角色：看不出{also}"
    also = f" (or: {', '.join(others)})" if others else ""
    return f"role: {layer.role}{also}" if layer.role else f"role: not plain{also}"


def _columns(layer: LayerReport, language: str) -> list[str]:
    zh, used = language == "zh", layer.used
    own = [theirs for ours, theirs in used.items() if theirs.casefold() in (ours, column_word(ours, language))]
    by_heading = {ours: theirs for ours, theirs in used.items() if theirs not in own}
    lines = [("把 " if zh else "I took ") + taken_words(by_heading, language)] if by_heading else []
    lines += [("字段：" if zh else "columns: ") + ("、" if zh else ", ").join(own)] if own else []
    if layer.proposed:
        words = "、".join if zh else ", ".join
        names = words(column_word(ours, language) for ours in layer.proposed)
        lines.append(f"其中{names}是按内容认的，请核对" if zh else f"by its values, not by its heading: {names}; check it")
    lines += [doubtful_words(ours, theirs, language) for ours, theirs in layer.doubtful.items()]
    unused = [plain(column.name) for column in layer.columns if not column.ours]
    more = "" if len(unused) <= _NAMES else " …"
    lines += [("没有用到：" if zh else "not used: ") + ("、" if zh else ", ").join(unused[:_NAMES]) + more] if layer.role and unused else []
    return lines


def _rows(layer: LayerReport, language: str) -> str:
    if not layer.role:
        return ""
    dropped = layer.rows - layer.usable - layer.rejected
    if language == "zh":
        left = f"，略去 {dropped:,} 行" if dropped else ""
        return f"可用 {layer.usable:,} 行" + (f"，不能用 {layer.rejected:,} 行" if layer.rejected else "") + left
    left = f", {dropped:,} dropped" if dropped else ""
    return f"{_counted(layer.usable)} can be used" + (f", {layer.rejected:,} can not" if layer.rejected else "") + left


def _homes(layer: LayerReport, language: str) -> list[str]:
    """Ask which uses are homes, where nobody can know."""
    counts = home_question(layer, lambda value: f"“{plain(value)}”", language)
    known = comment("counted" if "households" in layer.used else "no_homes", language)
    return (
        [
            f"? {comment('which_homes', language, counted=known, counts=counts)}（homes = […]）"
            if language == "zh"
            else f"? {comment('which_homes', language, counted=known, counts=counts)} (homes = […])"
        ]
        if counts
        else []
    )


def _options(layer: LayerReport, language: str) -> list[str]:
    """Say which CRS the numbers could be in, where the file does not say; not the shifted datums, of which every file in degrees could be."""
    if layer.crs:
        return []
    near = likely(layer.crs_options)
    if len(near) > _ROWS:
        return []  # the finding names them all
    lines = []
    for option in near:
        name = option.name_zh if language == "zh" else option.name
        swapped = ("，x、y 对调" if language == "zh" else ", x and y exchanged") if option.swap else ""
        inside = ""
        if option.inside_share is not None:
            away = option.distance_km or 0.0
            inside = f"：{option.inside_share:.0%} 在其他图层范围内" if language == "zh" else f": {option.inside_share:.0%} inside the other layers"
            inside += (f"，相距 {away:,.0f} 公里" if language == "zh" else f", {away:,.0f} km away") if away >= 0.5 else ""
        shown = option.crs if name.startswith(option.crs) else f"{option.crs} {name}"
        lines.append(f"? {shown}{swapped}{inside}")
    return lines
