"""Who works where: people, organisations and workplaces on the units of a plan, at any moment."""

from geogrid.organisation.faults import Fault
from geogrid.organisation.moment import Moment
from geogrid.organisation.places import Places
from geogrid.organisation.roster import Roster

__all__ = ["Fault", "Moment", "Places", "Roster"]
