"""Serves a WebSocket handler on a port of its own until the parent closes stdin; prints the port."""
import asyncio
import sys

import websockets


def serve(handler, **options):
    async def main():
        async with websockets.serve(handler, "127.0.0.1", 0, **options) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    asyncio.run(main())
