# Closures: map, filter and reduce over a million elements, each step making its list.

from functools import reduce

SIZE = 1_000_000
ROUNDS = 5


def main():
    values = list(range(SIZE))
    checksum = 0
    for round in range(1, ROUNDS + 1):
        mapped = list(map(lambda x: x * round + 3, values))
        kept = list(filter(lambda x: x % 7 < round, mapped))
        checksum += reduce(lambda sum, x: (sum + x) % 1_000_000_007, kept, 0)
    print(f"checksum {checksum}")


main()
