"""Every sentence that a finding says, in Chinese and English: whole ones by rule, halves that they are filled with, reasons and cures."""

from geogrid.catalogue.halves import WHY, why
from geogrid.catalogue.messages import MESSAGES
from geogrid.catalogue.reasons import CURES, REASON_TITLES, REASONS, cure_words
from geogrid.catalogue.shapes import KIND_ZH, shape_why
from geogrid.catalogue.titles import RULE_TITLES, rule_title

__all__ = ["CURES", "KIND_ZH", "MESSAGES", "REASONS", "REASON_TITLES", "RULE_TITLES", "WHY", "cure_words", "rule_title", "shape_why", "why"]
