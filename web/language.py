"""Chinese first, English when asked for: `?lang=`, then Accept-Language; a language asked for by `?lang=` stays in the page's links.

The catalogue `zh` is read from its .po at first use, so that no compiled file can be missing or stale.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, has_request_context, request, url_for
from flask_babel import Babel, Domain, get_locale

LANGUAGES = ("zh", "en")
_AT = ("pages", "api", "stations", "cameras", "camera_files", "patrols", "people", "events", "sheets", "downloads", "declared", "whatif")
_PLAN = (*_AT, "editor")
"""Blueprints that show any version of a plan; that show a plan as it is now."""
CATALOGUE = Path(__file__).parent / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


def language() -> str:
    """Return "zh" or "en": what this request is answered in."""
    if not has_request_context():
        return "zh"
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(("zh", "en"), default="zh")


def install(app: Flask) -> None:
    """Set Flask-Babel up and give templates `lang`, `link` and `other_language`."""
    babel = Babel(app, default_locale="zh", locale_selector=language)
    babel.domain_instance = _PoDomain()
    app.context_processor(lambda: {"lang": language(), "link": link, "in_language": in_language})


def link(endpoint: str, **values: Any) -> str:
    """Make an address in the service that keeps a language asked for by `?lang=`, and where it can a plan and version (`?plan=`, `?at=`)."""
    asked = request.args.get("lang", "")
    blueprint = endpoint.partition(".")[0]
    kept = {name: value for name, value in kept_plan().items() if blueprint in (_AT if name == "at" else _PLAN)}
    return url_for(endpoint, **{**kept, **({"lang": asked} if asked in LANGUAGES else {}), **values})


def kept_plan() -> dict[str, str]:
    """Return the plan and the version or day that the address asks for, which the page's links go on to ask for."""
    return {name: request.args[name] for name in ("plan", "at") if request.args.get(name)}


def in_language(code: str) -> str:
    """Make the address of this very page in another language."""
    arguments = {**request.args.to_dict(), **(request.view_args or {}), "lang": code}
    return url_for(request.endpoint or "pages.overview_page", **arguments)


def pick(row: Mapping[str, Any], name: str = "message") -> str:
    """Return the text of `row` in this request's language: column `name_zh` or `name`."""
    return row[name + "_zh"] if language() == "zh" else row[name]


def read_catalogue(path: Path = CATALOGUE) -> Translations:
    """Compile a .po in memory."""
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="zh"))
    compiled.seek(0)
    return Translations(compiled)


class _PoDomain(Domain):
    """Flask-Babel's domain over .po files; English is the language of the source and needs none."""

    def get_translations(self) -> Translations:
        code = str(get_locale() or "zh")[:2]
        if code not in self.cache:
            self.cache[code] = read_catalogue() if code == "zh" else Translations()
        return self.cache[code]
