# Fannkuch: over all permutations of 0..SIZE, how often the prefix that the first element names can be reversed
# until a 0 leads.

SIZE = 9


def count_flips(start):
    deck = start[:]
    flips = 0
    while deck[0] != 0:
        low = 0
        high = deck[0]
        while low < high:
            deck[low], deck[high] = deck[high], deck[low]
            low += 1
            high -= 1
        flips += 1
    return flips


def advance(deck, left):
    """The next permutation in place, given how many rotations of each prefix are left; False after the last one."""
    for last in range(1, len(deck)):
        first = deck[0]
        for i in range(last):
            deck[i] = deck[i + 1]
        deck[last] = first
        left[last] -= 1
        if left[last] > 0:
            return True
        left[last] = last + 1
    return False


def fannkuch(size):
    deck = list(range(size))
    left = [i + 1 for i in range(size)]
    checksum = 0
    most = 0
    even = True
    while True:
        flips = count_flips(deck)
        if flips > most:
            most = flips
        checksum += flips if even else -flips
        even = not even
        if not advance(deck, left):
            return checksum, most


checksum, most = fannkuch(SIZE)
print(f"checksum {checksum}, most flips {most}")
