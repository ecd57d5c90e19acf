"""Benchmarks that anyone can run: `geogrid bench NAME`. Figures are CPU seconds where they can be; ratios come from one run.

inputs, estates, hamlets, rows     what the kernel is measured on, from no simulator
methods, metis, peers, score       who divides it, and the one judge
partition, cells, district         the three comparisons; each part runs in a process of its own (child_*, launch, meter)
validation, page, browser          a full check against the bare tests; a page in a browser
"""
