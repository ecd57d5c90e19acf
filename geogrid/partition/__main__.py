"""`python -m geogrid.partition`: compile the kernel into its cache by cutting two toy rows of homes, so that the first real build need not wait."""

from geogrid.partition import partition


def main() -> None:
    """Cut rows of homes freely and by count: both ways of the kernel are compiled then."""
    edges = [[i, i + 1] for i in range(39)]
    xyz = [[3.0 * i, 0.0, 0.0] for i in range(40)]
    weights = [4 + i % 3 for i in range(40)]
    partition(weights, edges, lower=10, upper=15, xyz=xyz)
    partition(weights, edges, lower=10, upper=15, xyz=xyz, counts={0: 15})
    partition([16, 17], [[0, 1]], lower=10, upper=15, xyz=xyz[:2])


if __name__ == "__main__":
    main()
