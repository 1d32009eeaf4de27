"""Serves a WebSocket handler on a port of its own until the parent closes stdin; prints the port."""
import asyncio
import contextlib
import logging
import sys

import websockets

# A frame on which a handler fails ends its connection, as it should, and is no news.
logging.getLogger("websockets").setLevel(logging.CRITICAL)


def serve(handler):
    """Serves handler(socket, path)."""

    async def handle(socket):
        # The path has moved in newer versions of websockets.
        path = socket.request.path if hasattr(socket, "request") else socket.path
        # Who hangs up on them is no news.
        with contextlib.suppress(websockets.ConnectionClosed):
            await handler(socket, path)

    async def main():
        async with websockets.serve(handle, "127.0.0.1", 0) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    asyncio.run(main())
