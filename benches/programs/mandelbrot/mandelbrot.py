# Mandelbrot: the number of steps in which each point of a square grid escapes.

SIZE = 600
LIMIT = 300


def escape_time(cr, ci):
    zr = 0.0
    zi = 0.0
    for step in range(LIMIT):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return step
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return LIMIT


def main():
    inside = 0
    steps = 0
    for y in range(SIZE):
        ci = 2.0 * y / SIZE - 1.0
        for x in range(SIZE):
            cr = 3.0 * x / SIZE - 2.0
            time = escape_time(cr, ci)
            steps += time
            if time == LIMIT:
                inside += 1
    print(f"inside {inside}, steps {steps}")


main()
