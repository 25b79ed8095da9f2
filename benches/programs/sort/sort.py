# Sorting records with a comparison that the program supplies.

from functools import cmp_to_key

SIZE = 300_000


class Record:
    __slots__ = ("id", "group", "score")

    def __init__(self, id, group, score):
        self.id = id
        self.group = group
        self.score = score


class Lcg:
    def __init__(self, state):
        self.state = state

    def draw(self, limit):
        self.state = self.state * 48271 % 2147483647
        return self.state % limit


def compare(a, b):
    """By group, then from the highest score down, then by id, so that no two records are equal."""
    if a.group != b.group:
        return a.group - b.group
    if a.score != b.score:
        return -1 if a.score > b.score else 1
    return a.id - b.id


def main():
    lcg = Lcg(42)
    records = [Record(id, lcg.draw(100), lcg.draw(10_000) / 16.0) for id in range(SIZE)]
    records.sort(key=cmp_to_key(compare))
    checksum = 0
    for i, record in enumerate(records):
        checksum = (checksum + record.id * (i + 1)) % 1_000_000_007
    print(f"first {records[0].id}, last {records[-1].id}, checksum {checksum}")


main()
