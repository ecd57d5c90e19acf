"""Bring the Chinese catalogue up to date with the texts of `web/`: new ones are added untranslated, unused ones dropped.

    python scripts/translations.py           update web/translations/zh/LC_MESSAGES/messages.po; exit 1 while a text lacks its Chinese
    python scripts/translations.py --check   only look

Nothing is compiled: the service reads the .po itself.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[1] / "web"
PO = WEB / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
HEAD = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: zh\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
KEYWORDS = {"_": None, "gettext": None, "lazy": None, "lazy_gettext": None, "ngettext": (1, 2)}


def extract() -> Catalog:
    """Return the texts that `web/` asks to be translated."""
    texts = Catalog(locale="zh", project="geogrid", charset="utf-8", fuzzy=False)
    for _file, _line, message, _comments, context in extract_from_dir(WEB, METHODS, keywords=KEYWORDS):
        texts.add(message, context=context)
    return texts


def updated(old: Catalog, texts: Catalog) -> Catalog:
    """Return `texts` with the translations of `old`."""
    for message in texts:
        known = old.get(message.id) if message.id else None
        if known and known.string:
            message.string = known.string
    return texts


def find_untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without Chinese."""
    return [str(message.id) for message in catalogue if message.id and not _is_said(message.string)]


def _is_said(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) and (isinstance(text, str) or all(text))


def to_text(catalogue: Catalog) -> bytes:
    """Write the catalogue, sorted, without times, so that the same texts give the same bytes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, no_location=True, sort_output=True, omit_header=True)
    return HEAD.encode() + out.getvalue()


def main() -> int:
    """Update or check the catalogue; 0 when every text has its Chinese."""
    old = read_po(io.BytesIO(PO.read_bytes()), locale="zh") if PO.exists() else Catalog(locale="zh")
    new = updated(old, extract())
    missing = find_untranslated(new)
    text = to_text(new)
    stale = not PO.exists() or PO.read_bytes() != text
    if "--check" not in sys.argv:
        PO.write_bytes(text)
    elif stale:
        print("the catalogue is not up to date: run scripts/translations.py", file=sys.stderr)
    for text_missing in missing:
        print(f"no Chinese: {text_missing}", file=sys.stderr)
    return 1 if missing or (stale and "--check" in sys.argv) else 0


if __name__ == "__main__":
    sys.exit(main())
