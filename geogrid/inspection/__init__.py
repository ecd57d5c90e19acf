"""Looking into files before anything is built: what they hold, which roles they could play, what is wrong, and a recipe to start from."""

from geogrid.inspection.files import inspect_file, inspect_files
from geogrid.inspection.recipe import recipe_text, suggest_scheme
from geogrid.inspection.report import ColumnReport, Inspection, LayerReport, Problem, Refused, RoleGuess
from geogrid.inspection.review import Review, review
from geogrid.reading.placement import CrsOption

__all__ = [
    "ColumnReport",
    "CrsOption",
    "Inspection",
    "LayerReport",
    "Problem",
    "Refused",
    "Review",
    "RoleGuess",
    "inspect_file",
    "inspect_files",
    "recipe_text",
    "review",
    "suggest_scheme",
]
