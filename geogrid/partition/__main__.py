"""`python -m geogrid.partition`: compile the kernel into its cache by cutting two toy rows of homes, so that the first real build need not wait."""

import numpy as np

from geogrid.partition import partition
from geogrid.partition.cover import cover
from geogrid.partition.listing import list_groups


def main() -> None:
    """Cut rows of homes freely and by count: both ways of the kernel are compiled then."""
    edges = [[i, i + 1] for i in range(39)]
    xyz = [[3.0 * i, 0.0, 0.0] for i in range(40)]
    weights = [4 + i % 3 for i in range(40)]
    partition(weights, edges, lower=10, upper=15, xyz=xyz)
    partition(weights, edges, lower=10, upper=15, xyz=xyz, counts={0: 15})
    partition([16, 17], [[0, 1]], lower=10, upper=15, xyz=xyz[:2])
    listed = list_groups([[1], [0]], [8, 9], cap=19, most=9)  # what proofs need
    if listed is not None:
        cover(listed.words, listed.n, listed.weight < 10, np.zeros(len(listed)), (0, 1.0), 99)


if __name__ == "__main__":
    main()
