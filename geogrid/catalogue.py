"""The sentence of every finding, in Chinese and English: what, where, how much, and what to do.

`{level}` `{units}` `{area_m2}` `{length_m}` `{value}` come from the finding; other names are facts which the rule gives.
"""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {}
