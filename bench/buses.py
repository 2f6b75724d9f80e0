"""The bus pipeline of bench/Scenarios/BusPipeline.cs in CPython: pyexpat, and a generator for each stage. Reads lines "FILE",
parses the file and answers each with the nanoseconds that it took and the number of buses found. Ends with its input."""
import functools
import sys
import time
from xml.parsers import expat

BLOCK = 128 * 1024
ROUTE = "22"
DIRECTION = "North Bound"
FIELDS = {"id", "route", "direction", "finalStop", "latitude", "longitude"}
START, TEXT, END = range(3)


def coroutine(function):
    @functools.wraps(function)
    def start(*arguments):
        generator = function(*arguments)
        next(generator)
        return generator

    return start


@coroutine
def to_buses(target):
    send = target.send
    while True:
        kind, value = yield
        if kind == START and value[0] == "bus":
            send((yield from read_bus()))


def read_bus():
    bus = {}
    field = ""
    while True:
        kind, value = yield
        if kind == START:
            field = value[0]
        elif kind == TEXT:
            if field in FIELDS:
                bus[field] = value
        elif value == "bus":
            return bus
        else:
            field = ""


@coroutine
def where(field, value, target):
    send = target.send
    while True:
        bus = yield
        if bus.get(field) == value:
            send(bus)


@coroutine
def count(result):
    while True:
        yield
        result[0] += 1


def parse(path):
    result = [0]
    send = to_buses(where("route", ROUTE, where("direction", DIRECTION, count(result)))).send

    def on_text(text):
        if not text.isspace():
            send((TEXT, text))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: send((START, (name, attributes)))
    parser.EndElementHandler = lambda name: send((END, name))
    parser.CharacterDataHandler = on_text
    with open(path, "rb", buffering=0) as file:
        while block := file.read(BLOCK):
            parser.Parse(block, False)
    parser.Parse(b"", True)
    return result[0]


for line in sys.stdin:
    started = time.perf_counter_ns()
    found = parse(line.rstrip("\n"))
    print(time.perf_counter_ns() - started, found, flush=True)
