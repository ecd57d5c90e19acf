"""Papers and what fits on them, millimetres. A sheet of a unit lies on its side, as a board on a wall does; a form stands upright."""

from __future__ import annotations

from typing import NamedTuple

FORMATS = ("pdf", "png")
KINDS = ("notice", "plate")
"""Kinds of sheets of a unit."""


class Paper(NamedTuple):
    """A sheet of paper: width and height in millimetres; `type_pt` is the height of common text."""

    name: str
    width: float
    height: float
    type_pt: float

    @property
    def unit(self) -> float:
        """How large a millimetre of the A4 design is here."""
        return self.width / 297.0


PAPERS = {paper.name: paper for paper in (Paper("A3", 420, 297, 14.0), Paper("A4", 297, 210, 10.5), Paper("A5", 210, 148, 8.0))}
UPRIGHT = Paper("A4", 210, 297, 9.5)
"""The paper of a form."""
PAPER_OF = {"notice": "A4", "plate": "A5"}
"""The paper that a kind of sheet takes where none is asked for."""


def map_size(paper: Paper) -> tuple[float, float]:
    """Return width and height of a notice's map."""
    return round(paper.width * 0.605, 1), round(paper.height - 52 * paper.unit, 1)
