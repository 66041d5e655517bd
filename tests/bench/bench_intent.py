"""`python -m tests.bench.bench_intent`: CPU a search takes to be classified, by language.

Every labelled query of tests/warehouse/intent, ROUNDS times over; no query is remembered in between.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from time import process_time

from tests.warehouse.intent.test_scores import SETS
from warehouse.intent.classify import classify

ROUNDS = 9


def labelled() -> dict[str, list[str]]:
    """The queries by language."""
    found = defaultdict(list)
    for path in SETS.values():
        head, *lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else [""]
        for line in lines:
            row = dict(zip(head.split("\t"), line.split("\t"), strict=True))
            found[row["lang"]].append(row["query"])
    return found


def cost(queries: list[str]) -> float:
    """Microseconds of CPU a query, the median of the rounds."""
    spent = []
    for _ in range(ROUNDS):
        before = process_time()
        for query in queries:
            classify(query)
        spent.append((process_time() - before) / len(queries) * 1e6)
    return median(spent)


def main() -> None:
    queries = labelled()
    for each in queries.values():
        classify(each[0])  # reads the language's file
    costs = {lang: cost(each) for lang, each in queries.items()}
    for lang, us in sorted(costs.items(), key=lambda found: found[1]):
        print(f"{lang:8} {us:5.1f} us  {len(queries[lang])} queries")
    everything = [query for each in queries.values() for query in each]
    print(f"{'all':8} {cost(everything):5.1f} us  {len(everything)} queries (goal 50)")


if __name__ == "__main__":
    main()
