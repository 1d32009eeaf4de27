"""Serves a WebSocket handler on a port of its own until the parent closes stdin; prints the port."""
import asyncio
import contextlib
import logging
import sys

import websockets

# A handler that fails closes its connection; the log entry is not needed.
logging.getLogger("websockets").setLevel(logging.CRITICAL)


def serve(handler):
    """Serves handler(socket, path)."""

    async def handle(socket):
        # Newer versions of websockets have the path in the request.
        path = socket.request.path if hasattr(socket, "request") else socket.path
        # Clients that disconnect are expected.
        with contextlib.suppress(websockets.ConnectionClosed):
            await handler(socket, path)

    async def main():
        async with websockets.serve(handle, "127.0.0.1", 0) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    asyncio.run(main())
