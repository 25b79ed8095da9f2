# Matrix product of two square matrices held as lists of rows, the second one transposed first.

SIZE = 400


def generated(size, seed):
    scale = seed / (size * size)
    return [[scale * ((i - j) * (i + j)) for j in range(size)] for i in range(size)]


def transposed(matrix):
    return [list(column) for column in zip(*matrix)]


def dot(a, b):
    # `sum` is not used: since Python 3.12 it compensates for rounding.
    total = 0.0
    for x, y in zip(a, b):
        total += x * y
    return total


def product(a, b):
    columns = transposed(b)
    return [[dot(row, column) for column in columns] for row in a]


result = product(generated(SIZE, 1.0), generated(SIZE, 2.0))
trace = 0.0
for i in range(SIZE):
    trace += result[i][i]
print(f"centre {result[SIZE // 2][SIZE // 2]:.9f}, trace {trace:.9f}")
