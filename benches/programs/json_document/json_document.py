# JSON: a generated document is parsed, walked and printed again, several times over.

import json

ITEMS = 3_000
ROUNDS = 10
COLOURS = ["red", "green", "blue", "black"]


class Lcg:
    def __init__(self, state):
        self.state = state

    def draw(self, limit):
        self.state = self.state * 48271 % 2147483647
        return self.state % limit


def make_item(lcg, id):
    price = f"{lcg.draw(1000)}.{25 + 50 * lcg.draw(2)}"
    active = "true" if lcg.draw(2) == 0 else "false"
    first = COLOURS[lcg.draw(4)]
    second = COLOURS[lcg.draw(4)]
    parent = "null" if id % 3 == 0 else f'{{"id":{id // 3},"depth":{lcg.draw(9)}}}'
    return (
        f'{{"id":{id},"name":"item \\"{id}\\"","price":{price},"active":{active},'
        f'"tags":["{first}","{second}"],"parent":{parent},"note":"line {id}\\nend\\\\"}}'
    )


def make_document(lcg):
    items = ",".join(make_item(lcg, id) for id in range(ITEMS))
    return f'{{"version":3,"title":"catalogue","items":[{items}]}}'


def walk(document):
    total = 0
    for item in document["items"]:
        if item["active"]:
            total += item["id"]
        total += int(item["price"] * 4)
        for tag in item["tags"]:
            total += len(tag)
    return total


def byte_sum(text):
    """Does not depend on the order of an object's members."""
    return sum(text.encode())


def main():
    text = make_document(Lcg(42))
    total = 0
    for _ in range(ROUNDS):
        document = json.loads(text)
        total += walk(document)
        text = json.dumps(document, separators=(",", ":"))
    print(f"total {total}, length {len(text)}, byte sum {byte_sum(text)}")


main()
