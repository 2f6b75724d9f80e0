"""What asyncio takes to let others run, and to sleep.

Prints "ready", then answers lines "hops COUNT" and "timers COUNT" with "SECONDS CPU-SECONDS", until its standard input ends.
"""

import asyncio
import random
import sys
import time

TASKS = 100
LONGEST = 1.0


async def hop(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def hops(count):
    await asyncio.gather(*(hop(count // TASKS) for _ in range(TASKS)))


async def timers(count):
    await asyncio.gather(*(asyncio.sleep(random.random() * LONGEST) for _ in range(count)))


print("ready", flush=True)
for line in sys.stdin:
    what, count = line.split()
    started, started_cpu = time.perf_counter(), time.process_time()
    asyncio.run({"hops": hops, "timers": timers}[what](int(count)))
    print(time.perf_counter() - started, time.process_time() - started_cpu, flush=True)
