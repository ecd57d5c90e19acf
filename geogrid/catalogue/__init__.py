"""Every sentence that a finding says, in Chinese and English: whole ones by rule, halves that they are filled with, reasons and cures."""

from geogrid.catalogue.halves import WHY, why
from geogrid.catalogue.messages import MESSAGES
from geogrid.catalogue.reasons import CURES, REASON_TITLES, REASONS, cure_words

__all__ = ["CURES", "MESSAGES", "REASONS", "REASON_TITLES", "WHY", "cure_words", "why"]
