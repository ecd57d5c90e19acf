"""What the office declared against what the project computes."""

from geogrid.report.compare import compare_declared, count_verdicts, read_rows, to_meta
from geogrid.report.found import find_declared
from geogrid.report.rows import DIFFERS, HOLDS, UNKNOWN, Case, DeclaredRow, Listing, Note
from geogrid.report.subject import Subject, Unwritten
from geogrid.report.titles import title

__all__ = [
    "DIFFERS",
    "HOLDS",
    "UNKNOWN",
    "Case",
    "DeclaredRow",
    "Listing",
    "Note",
    "Subject",
    "Unwritten",
    "compare_declared",
    "count_verdicts",
    "find_declared",
    "read_rows",
    "title",
    "to_meta",
]
