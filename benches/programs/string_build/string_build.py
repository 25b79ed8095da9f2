# String building: two long strings, by joining lists of pieces.

PIECES = 700_000
STRIDE = 7


class Lcg:
    def __init__(self, state):
        self.state = state

    def draw(self, limit):
        self.state = self.state * 48271 % 2147483647
        return self.state % limit


def appended(lcg):
    parts = []
    for i in range(PIECES):
        parts.append(f"{i}:{lcg.draw(1000)};")
    return "".join(parts)


def joined(lcg):
    parts = []
    for _ in range(PIECES):
        parts.append(f"p{lcg.draw(100)}")
    return ", ".join(parts)


def checksum(text):
    data = text.encode()
    total = 0
    for i in range(0, len(data), STRIDE):
        total = (total * 31 + data[i]) % 1_000_003
    return total


def main():
    lcg = Lcg(42)
    first = appended(lcg)
    second = joined(lcg)
    print(f"lengths {len(first)} and {len(second)}, checksums {checksum(first)} and {checksum(second)}")


main()
