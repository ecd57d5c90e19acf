"""Which language the command line speaks. It stands alone, because every call needs it and few need the library."""

from __future__ import annotations

import locale
import os


def language() -> str:
    """Return "zh" where GEOGRID_LANG or the system's language begins with zh, else "en"."""
    said = os.environ.get("GEOGRID_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if said.lower().startswith("zh") else "en"
