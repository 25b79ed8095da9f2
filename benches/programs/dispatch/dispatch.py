# Dynamic dispatch: two methods over a list that mixes five shapes.

SHAPES = 1_000
ROUNDS = 10_000
PI = 3.141592653589793


class Circle:
    __slots__ = ("radius",)

    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return PI * self.radius * self.radius

    def corners(self):
        return 0


class Square:
    __slots__ = ("side",)

    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side

    def corners(self):
        return 4


class Rectangle:
    __slots__ = ("width", "height")

    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def corners(self):
        return 4


class Triangle:
    __slots__ = ("base", "height")

    def __init__(self, base, height):
        self.base = base
        self.height = height

    def area(self):
        return 0.5 * self.base * self.height

    def corners(self):
        return 3


class Diamond:
    __slots__ = ("across", "along")

    def __init__(self, across, along):
        self.across = across
        self.along = along

    def area(self):
        return 0.5 * self.across * self.along

    def corners(self):
        return 4


class Lcg:
    def __init__(self, state):
        self.state = state

    def draw(self, limit):
        self.state = self.state * 48271 % 2147483647
        return self.state % limit


def make_shape(lcg):
    a = (1 + lcg.draw(100)) / 8.0
    b = (1 + lcg.draw(100)) / 8.0
    match lcg.draw(5):
        case 0:
            return Circle(a)
        case 1:
            return Square(a)
        case 2:
            return Rectangle(a, b)
        case 3:
            return Triangle(a, b)
        case _:
            return Diamond(a, b)


def main():
    lcg = Lcg(42)
    shapes = [make_shape(lcg) for _ in range(SHAPES)]
    total_area = 0.0
    total_corners = 0
    for _ in range(ROUNDS):
        for shape in shapes:
            total_area += shape.area()
            total_corners += shape.corners()
    print(f"area {total_area:.3f}, corners {total_corners}")


main()
