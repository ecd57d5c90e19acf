"""KML and GPX before GDAL sees them: well-formed XML of the right root, no document type and no entity, and what links lead elsewhere.

Python's expat reads the declarations as every other parser would, whatever the encoding; it never follows anything.
"""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from geogrid.reading.raw import Note, refuse

_MAX_DEPTH = 200
_LINKS = ("NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay")
_SHOWN = 3


class _Reader:
    """Counts depth and remembers where links lead."""

    def __init__(self, file: str, kind: str) -> None:
        self.file, self.kind = file, kind
        self.depth = 0
        self.links: list[str] = []
        self.inside = ""
        self.words: list[str] | None = None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse_entities
        self.parser.EntityDeclHandler = self.refuse_entities
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def refuse_entities(self, *_: object) -> None:
        said = "declares a document type or entities, which are never read"
        raise refuse(self.file, said, "含文档类型或实体声明，不予读取", row=self.parser.CurrentLineNumber)

    def start(self, name: str, _: object) -> None:
        plain = name.rsplit(":", 1)[-1]
        if self.depth == 0 and plain != self.kind:
            raise refuse(self.file, f"is not {self.kind.upper()}: its root is {plain[:40]}", f"不是 {self.kind.upper()} 文件：根元素是 {plain[:40]}")
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise refuse(self.file, "is nested too deeply", "嵌套过深", row=self.parser.CurrentLineNumber)
        if plain in _LINKS:
            self.inside = plain
            self.links.append(plain)
        elif plain == "href" and self.inside:
            self.words = []

    def end(self, name: str) -> None:
        self.depth -= 1
        plain = name.rsplit(":", 1)[-1]
        if plain == "href" and self.words is not None:
            self.links[-1] = f"{self.inside} {''.join(self.words).strip()[:80]}"
            self.words = None
        elif plain == self.inside:
            self.inside = ""

    def text(self, words: str) -> None:
        if self.words is not None:
            self.words.append(words)


def check_markup(path: Path) -> tuple[Note, ...]:
    """Raise InputError for XML that is damaged, too deep, of another root, or declares entities; note the links, which nobody follows."""
    reader = _Reader(str(path), path.suffix.lower()[1:])
    try:
        with path.open("rb") as stream:
            reader.parser.ParseFile(stream)
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        raise refuse(
            str(path), f"line {error.lineno}: is not well-formed XML ({why})", f"第 {error.lineno} 行：不是规范的 XML（{why}）", row=error.lineno
        ) from None
    except (LookupError, ValueError) as error:
        raise refuse(str(path), f"has an encoding that is not read ({error})", "编码无法识别") from None
    if not reader.links:
        return ()
    shown = ", ".join(reader.links[:_SHOWN]) + (f" … {len(reader.links)} in all" if len(reader.links) > _SHOWN else "")
    return (Note(f"leads elsewhere and is not followed: {shown}", f"有外部链接，没有跟随：{shown}"),)
