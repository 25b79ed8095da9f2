# Linked lists: singly linked chains built, reversed in place, thinned out and summed.

SIZE = 10_000
ROUNDS = 250


class Node:
    __slots__ = ("value", "next")

    def __init__(self, value, next):
        self.value = value
        self.next = next


def build(size):
    head = None
    for value in range(size):
        head = Node(value, head)
    return head


def reverse(chain):
    rest = chain
    reversed = None
    while rest is not None:
        node = rest
        rest = node.next
        node.next = reversed
        reversed = node
    return reversed


def thin_out(head):
    """Drops every node but the first whose value divides by three."""
    last = head
    while last.next is not None:
        node = last.next
        if node.value % 3 == 0:
            last.next = node.next
        else:
            last = node


def total(chain):
    result = 0
    rest = chain
    while rest is not None:
        result += rest.value
        rest = rest.next
    return result


def main():
    checksum = 0
    for round in range(1, ROUNDS + 1):
        chain = reverse(build(SIZE))
        checksum += total(chain) * round
        if chain is not None:
            thin_out(chain)
        checksum += total(reverse(chain))
    print(f"checksum {checksum}")


main()
