"""An echo server on asyncio's streams: server.py asyncio|uvloop

It listens on a free port of 127.0.0.1, prints "port N", answers "rest" with "resting", and ends with its standard input.
If the loop is not installed it prints "absent: why" instead.
"""

import asyncio
import gc
import resource
import sys

BUFFER = 4096
BACKLOG = 4096


async def echo(reader, writer):
    try:
        while data := await reader.read(BUFFER):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=BACKLOG)
    print(f"port {server.sockets[0].getsockname()[1]}", flush=True)
    ended = asyncio.Event()

    def obey():
        if sys.stdin.readline():
            gc.collect()
            print("resting", flush=True)
        else:
            asyncio.get_running_loop().remove_reader(0)
            ended.set()

    asyncio.get_running_loop().add_reader(0, obey)
    await ended.wait()


def start(kind):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if kind == "uvloop":
        try:
            import uvloop
        except ImportError as error:
            print(f"absent: {error} ({sys.executable})", flush=True)
            return
        uvloop.install()
    asyncio.run(main())


start(sys.argv[1])
