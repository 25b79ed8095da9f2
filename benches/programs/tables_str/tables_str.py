# Tables with string keys: counting under keys made on the spot, then looking up with keys made before.

UPDATES = 1_000_000
KEYS = 40_000
ROUNDS = 60


class Lcg:
    def __init__(self, state):
        self.state = state

    def draw(self, limit):
        self.state = self.state * 48271 % 2147483647
        return self.state % limit


def main():
    lcg = Lcg(42)
    counts = {}
    for _ in range(UPDATES):
        key = f"item {lcg.draw(KEYS)}"
        counts[key] = counts.get(key, 0) + 1

    names = [f"item {i * 2}" for i in range(KEYS)]
    found = 0
    for round in range(ROUNDS):
        for name in names:
            n = counts.get(name)
            if n is not None:
                found += n * round

    checksum = 0
    for name, n in counts.items():
        checksum += len(name) * n
    print(f"found {found}, keys {len(counts)}, checksum {checksum}")


main()
