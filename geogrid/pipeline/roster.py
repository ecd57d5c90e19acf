"""The roster of a project: who belongs where in it, at any moment (`geogrid.organisation`)."""

from geogrid.organisation.source import places_of, roster_of

__all__ = ["places_of", "roster_of"]
