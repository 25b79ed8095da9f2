# Sieve of Eratosthenes: one flat array of booleans, element by element as in the other versions.

LIMIT = 8_000_000


def primes_below(limit):
    prime = [True] * limit
    prime[0] = False
    prime[1] = False
    n = 2
    while n * n < limit:
        if prime[n]:
            for multiple in range(n * n, limit, n):
                prime[multiple] = False
        n += 1
    return prime


def main():
    count = 0
    largest = 0
    for n, is_prime in enumerate(primes_below(LIMIT)):
        if is_prime:
            count += 1
            largest = n
    print(f"{count} primes below {LIMIT}, the largest {largest}")


main()
