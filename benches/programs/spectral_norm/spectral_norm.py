# Spectral norm of the infinite matrix a(i, j) = 1 / ((i + j) (i + j + 1) / 2 + i + 1), cut to SIZE rows,
# by the power method.

from math import sqrt

SIZE = 800
ROUNDS = 10


def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def multiply(v, result):
    for i in range(len(v)):
        total = 0.0
        for j, x in enumerate(v):
            total += element(i, j) * x
        result[i] = total


def multiply_transposed(v, result):
    for i in range(len(v)):
        total = 0.0
        for j, x in enumerate(v):
            total += element(j, i) * x
        result[i] = total


def main():
    u = [1.0] * SIZE
    v = [0.0] * SIZE
    scratch = [0.0] * SIZE
    for _ in range(ROUNDS):
        multiply(u, scratch)
        multiply_transposed(scratch, v)
        multiply(v, scratch)
        multiply_transposed(scratch, u)
    uv = 0.0
    vv = 0.0
    for a, b in zip(u, v):
        uv += a * b
        vv += b * b
    print(f"{sqrt(uv / vv):.9f}")


main()
