"""What a cut aims at: households within bounds, or so and one centre in each group. Both give the kernel its limits, and judge what it made.

limits    (lower, upper, wanted) of each job, for `solve`
finished  the groups mended where that is possible, and proofs
certify   (group, weight, reason) of every group that misses the aim
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from geogrid.partition import centre_proofs, certify
from geogrid.partition.centres import Centred, Limits, centre_limits
from geogrid.partition.counts import wanted_counts
from geogrid.partition.jobs import Jobs
from geogrid.partition.reach import reached

Exceptions = list[tuple[int, int, str]]


class Aim(Protocol):
    """See the module. `households` int (r,): what nodes weigh for people; kernel weights may differ."""

    jobs: Jobs
    households: np.ndarray
    limits: Limits

    def finished(self, local: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
        """Return (local, proofs): groups within each job, improved where that is possible."""
        ...

    def tried(self, local: np.ndarray) -> np.ndarray:
        """Return the groups as `finished` would, without proofs and what they improve."""
        ...

    def certify(self, group: np.ndarray, proofs: dict[int, str]) -> Exceptions:
        """Return (group, weight, reason) of each group that misses the aim; `group` int (r,) over all jobs."""
        ...


@dataclass(frozen=True, eq=False)
class Bounded:
    """Weights within [lower, upper], and counts where they are wanted."""

    jobs: Jobs
    bounds: tuple[int, int]
    limits: Limits

    @property
    def households(self) -> np.ndarray:
        """What nodes weigh for people, int (r,)."""
        return self.jobs.weight

    def finished(self, local: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
        """See Aim."""
        local, limits = reached(self.jobs, local, self.limits, self.bounds)
        return certify.examined(self.jobs, local, self.bounds, limits)

    def tried(self, local: np.ndarray) -> np.ndarray:
        """See Aim."""
        return reached(self.jobs, local, self.limits, self.bounds)[0]

    def certify(self, group: np.ndarray, proofs: dict[int, str]) -> Exceptions:
        """See Aim."""
        return certify.certify(self.jobs, group, *self.bounds, proofs)


@dataclass(frozen=True, eq=False)
class OneCentre:
    """One centre in each group, and households within [lower, upper]."""

    jobs: Jobs
    bounds: tuple[int, int]
    limits: Limits
    centred: Centred

    @property
    def households(self) -> np.ndarray:
        """What nodes weigh for people, int (r,)."""
        return self.centred.households

    def finished(self, local: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
        """See Aim."""
        return centre_proofs.settle_centres(self.jobs, local, self.centred, *self.bounds, self.limits)

    def tried(self, local: np.ndarray) -> np.ndarray:
        """See Aim."""
        return self.finished(local)[0]

    def certify(self, group: np.ndarray, proofs: dict[int, str]) -> Exceptions:
        """See Aim."""
        return centre_proofs.certify_centres(self.jobs, group, self.centred, *self.bounds, proofs)


def bounded(jobs: Jobs, bounds: tuple[int, int], counts: Mapping[int, int] | Any) -> Bounded:
    """Return the aim of keeping bounds, and `counts`."""
    wanted, low, high = wanted_counts(jobs, *bounds, counts)
    return Bounded(jobs, bounds, (low, high, wanted))


def one_centre(jobs: Jobs, bounds: tuple[int, int], centred: Centred) -> OneCentre:
    """Return the aim of one centre in each group; `jobs` are of the lifted graph."""
    return OneCentre(jobs, bounds, centre_limits(jobs, centred, *bounds), centred)
