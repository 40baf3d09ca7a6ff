"""Measure the CRM against floors of the same run, at several sizes, on each database."""

import argparse
import sys

from bench import acts, days, fields, pages, sheets
from bench.house import House
from tests.__main__ import postgresql

WORK = ("pages", "fields", "days", "throughput", "acts", "exports", "sheets")


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--sizes", default="100000,1000000")
    words.add_argument("--databases", default="sqlite,postgresql")
    words.add_argument("--only", default=",".join(WORK))
    words.add_argument("--rows", type=int, default=sheets.ROWS)
    words.add_argument("--keep", action="store_true", help="keep the houses for the next run")
    given = words.parse_args()
    url = postgresql()
    missed = []

    def say(what, figure, target, *, at_least=False):
        met = target is None or (figure >= target if at_least else figure <= target)
        sign = "" if target is None else f"{'≥' if at_least else '≤'} {target:,}"
        print(f"  {'  ' if met else '✗ '}{what:<64} {figure:>12,.2f}  {sign}", flush=True)
        if not met:
            missed.append(what)

    for database in given.databases.split(","):
        if database == "postgresql" and not url:
            print("PostgreSQL does not answer: left out")
            continue
        for size in map(int, given.sizes.split(",")):
            house = House(database, size, url)
            seconds = house.build()
            print(
                f"\n{database}, {size:,} opportunities" + (f", seeded in {seconds:.0f} s" if seconds else ""),
                flush=True,
            )
            only = given.only.split(",")
            if "pages" in only:
                pages.measure(house, say)
            if "fields" in only:
                fields.measure(house, say)
            if "days" in only:
                days.measure(house, say)
            if "throughput" in only:
                pages.throughput(house, say)
            if "acts" in only:
                acts.measure(house, say)
            if "exports" in only:
                sheets.exports(house, say)
            if "sheets" in only:
                sheets.measure(house, say, given.rows)
            if not given.keep:
                house.remove()
    print(f"\n{len(missed)} missed their target" if missed else "\nAll met their target")
    return 0


if __name__ == "__main__":
    sys.exit(main())
