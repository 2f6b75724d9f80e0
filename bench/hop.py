"""Records over a pipe between two processes of CPython, each pickled by itself with protocol 5; the records are those of
bench/Scenarios/Hop/HopRecord.cs, as tuples. hop.py dump|dumps|fast

"dump" is pickle.dump and pickle.load, as one writes it. The others are faster: a kept Unpickler reads more at once than pickle.load,
which makes one for each record; for it "dumps" pickles with pickle.dumps, and "fast" with a Pickler that keeps no memo, which is
deprecated. Prints "ready", then answers each line "COUNT" with the nanoseconds until the other process has told that it had so many,
and their number. Ends with its input.
"""
import os
import pickle
import struct
import sys
import time

DIFFERENT = 1024
BUFFER = 64 * 1024
PROTOCOL = 5
STOPS = ["Paulina & Howard Terminal", "Jefferson Park Blue Line Station", "79th Street & Brandon", "Congress Plaza & Michigan"]
DIRECTIONS = ["North Bound", "South Bound", "East Bound", "West Bound"]
COUNT = struct.Struct("<q")


def record(i):
    return (i, 1_700_000_000_000 + 1000 * i, 41.6 + i / 4096, -87.9 + i / 4096, str(i % 160), DIRECTIONS[i % 4], STOPS[i % 4], STOPS[i // 4 % 4])


def dump_each(records, count, file):
    dump = pickle.dump
    for i in range(count):
        dump(records[i % DIFFERENT], file, PROTOCOL)
    dump(None, file, PROTOCOL)


def dumps_each(records, count, file):
    dumps, write = pickle.dumps, file.write
    for i in range(count):
        write(dumps(records[i % DIFFERENT], PROTOCOL))
    write(dumps(None, PROTOCOL))


def dump_fast(records, count, file):
    pickler = pickle.Pickler(file, PROTOCOL)
    pickler.fast = True
    dump = pickler.dump
    for i in range(count):
        dump(records[i % DIFFERENT])
    dump(None)


def load_from(file):
    return lambda: pickle.load(file)


def load_kept(file):
    return pickle.Unpickler(file).load


def receive(source, answers, load_of):
    with open(source, "rb", buffering=BUFFER) as file:
        load = load_of(file)
        try:
            while True:
                count = 0
                while load() is not None:
                    count += 1
                os.write(answers, COUNT.pack(count))
        except EOFError:
            pass


def send(target, answers, dump):
    records = [record(i) for i in range(DIFFERENT)]
    print("ready", flush=True)
    with open(target, "wb", buffering=BUFFER) as file:
        for line in sys.stdin:
            started = time.perf_counter_ns()
            dump(records, int(line), file)
            file.flush()
            (count,) = COUNT.unpack(os.read(answers, COUNT.size))
            print(time.perf_counter_ns() - started, count, flush=True)


KINDS = {"dump": (dump_each, load_from), "dumps": (dumps_each, load_kept), "fast": (dump_fast, load_kept)}


def start(kind):
    dump, load_of = KINDS[kind]
    source, target = os.pipe()
    answers, back = os.pipe()
    if child := os.fork():
        os.close(source)
        os.close(back)
        send(target, answers, dump)
        os.waitpid(child, 0)
    else:
        os.close(target)
        os.close(answers)
        receive(source, back, load_of)


start(sys.argv[1])
