# Recursive Fibonacci: the cost of a call.

SIZE = 36


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print(f"fib({SIZE}) = {fib(SIZE)}")
