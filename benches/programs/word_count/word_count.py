# Word count: a generated text is split into lines and words, the words counted and ranked.

WORDS = 1_500_000
VOCABULARY = 8_000
WORDS_PER_LINE = 12
SHOWN = 10
SYLLABLES = ["ba", "co", "du", "fe", "gi", "ka", "lo", "mu", "ne", "pi", "ra", "so", "tu", "ve", "zi"]


class Lcg:
    def __init__(self, state):
        self.state = state

    def draw(self, limit):
        self.state = self.state * 48271 % 2147483647
        return self.state % limit


def make_word(lcg):
    return "".join(SYLLABLES[lcg.draw(len(SYLLABLES))] for _ in range(2 + lcg.draw(3)))


def make_text(lcg):
    """The smaller of two draws makes early words more frequent, as in real text."""
    vocabulary = [make_word(lcg) for _ in range(VOCABULARY)]
    parts = []
    for i in range(1, WORDS + 1):
        a = lcg.draw(VOCABULARY)
        b = lcg.draw(VOCABULARY)
        parts.append(vocabulary[a if a < b else b])
        parts.append("\n" if i % WORDS_PER_LINE == 0 else " ")
    return "".join(parts)


def count_words(text):
    counts = {}
    for line in text.splitlines():
        for word in line.split(" "):
            counts[word] = counts.get(word, 0) + 1
    return counts


def main():
    counts = count_words(make_text(Lcg(42)))
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    print(f"{sum(counts.values())} words, {len(counts)} different")
    for word, n in ranked[:SHOWN]:
        print(f"{word} {n}")


main()
