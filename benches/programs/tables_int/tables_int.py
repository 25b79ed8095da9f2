# Tables with integer keys: counting, looking up (half of the keys are absent), removing, walking.

UPDATES = 3_000_000
KEYS = 200_000
SPREAD = 7919


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
        key = lcg.draw(KEYS) * SPREAD
        counts[key] = counts.get(key, 0) + 1

    found = 0
    for _ in range(UPDATES):
        n = counts.get(lcg.draw(2 * KEYS) * SPREAD)
        if n is not None:
            found += n

    for i in range(KEYS // 3):
        counts.pop(3 * i * SPREAD, None)

    checksum = 0
    for key, n in counts.items():
        checksum += key % 1009 * n
    print(f"found {found}, left {len(counts)}, checksum {checksum}")


main()
