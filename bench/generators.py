"""The loops of bench/Micro/GeneratorBenchmarks.cs in CPython. Reads lines "send COUNT" or "next COUNT", runs the loop so
often and answers each with the sum of what was yielded. Ends with its input."""
import sys


def echo():
    value = 0
    while True:
        value = yield value


def count():
    value = 0
    while True:
        yield value
        value += 1


def run_send(steps):
    generator = echo()
    next(generator)
    send = generator.send
    total = 0
    for value in range(steps):
        total += send(value)
    return total


def run_next(steps):
    total = 0
    generator = count()
    for _ in range(steps):
        total += next(generator)
    return total


for line in sys.stdin:
    loop, steps = line.split()
    print({"send": run_send, "next": run_next}[loop](int(steps)), flush=True)
