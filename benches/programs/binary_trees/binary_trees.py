# Binary trees: many short-lived complete trees of several depths beside one that lives on.

MIN_DEPTH = 4
MAX_DEPTH = 16


class Tree:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def grow(depth):
    if depth == 0:
        return Tree(None, None)
    return Tree(grow(depth - 1), grow(depth - 1))


def count(tree):
    total = 1
    if tree.left is not None:
        total += count(tree.left)
    if tree.right is not None:
        total += count(tree.right)
    return total


def main():
    print(f"stretch tree of depth {MAX_DEPTH + 1}: {count(grow(MAX_DEPTH + 1))} nodes")
    long_lived = grow(MAX_DEPTH)
    for depth in range(MIN_DEPTH, MAX_DEPTH + 1, 4):
        trees = 1 << (MAX_DEPTH - depth + MIN_DEPTH)
        nodes = 0
        for _ in range(trees):
            nodes += count(grow(depth))
        print(f"{trees} trees of depth {depth}: {nodes} nodes")
    print(f"long-lived tree of depth {MAX_DEPTH}: {count(long_lived)} nodes")


main()
