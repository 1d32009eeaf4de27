"""LLM servers with unusual protocols, one per path, to test the detection of protocols."""
import asyncio
import contextlib
import json

import websockets

from serving import serve

PIECES = ["One, ", "two, ", "three, ", "four, ", "five."]


async def words(pace=0.005):
    for piece in PIECES:
        await asyncio.sleep(pace)
        yield piece


async def tagged(socket):
    """Sends a greeting, requires two fields, repeats the request id in every frame, and accepts a stop frame."""
    await socket.send(json.dumps({"kind": "hello", "version": 3}))
    running = {}

    async def answer(tag):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for piece in words():
                await socket.send(json.dumps({"kind": "part", "tag": tag, "words": piece}))
            await socket.send(json.dumps({"kind": "over", "tag": tag, "tokens": {"in": 7, "out": 11}}))

    async for frame in socket:
        try:
            asked = json.loads(frame)
            if "stop" in asked:
                running.pop(asked["stop"]).cancel()
                await socket.send(json.dumps({"kind": "over", "tag": asked["stop"]}))
            else:
                _, tag = asked["ask"], asked["tag"]
                running[tag] = asyncio.create_task(answer(tag))
        except KeyError as error:
            await socket.send(json.dumps({"kind": "oops", "why": "incomplete", "text": f"missing {error}"}))
        except (ValueError, TypeError):
            await socket.send(json.dumps({"kind": "oops", "why": "unreadable", "text": "this is no object of JSON"}))


async def flags(socket):
    """Ends an answer with a flag; its errors are texts in `problem`."""
    async for frame in socket:
        try:
            asked = json.loads(frame)
        except ValueError:
            asked = {}
        if not isinstance(asked, dict) or "utterance" not in asked:
            await socket.send(json.dumps({"error": "the field 'utterance' is required"}))
            continue
        async for piece in words():
            await socket.send(json.dumps({"fragment": piece, "last": False}))
        await socket.send(json.dumps({"fragment": "", "last": True, "model_name": "odd-1"}))


async def single(socket):
    """Sends the whole answer in one frame, in a nested member."""
    async for frame in socket:
        asked = json.loads(frame)
        if "query" not in asked:
            await socket.send(json.dumps({"ok": False, "detail": "query is required"}))
            continue
        await asyncio.sleep(0.01)
        answer = {"answer": "".join(PIECES), "score": 0.9}
        await socket.send(json.dumps({"ok": True, "result": answer, "usage": {"prompt_tokens": 7, "completion_tokens": 11}}))


async def growing(socket):
    """Sends the text so far in each frame, echoes the message, and requires an action."""
    async for frame in socket:
        asked = json.loads(frame)
        if asked.get("action") != "chat":
            await socket.send(json.dumps({"event": "failed", "reason": "unknown action"}))
            continue
        await socket.send(json.dumps({"event": "progress", "from": "human", "body": asked["message"]}))
        so_far = ""
        async for piece in words():
            so_far += piece
            await socket.send(json.dumps({"event": "progress", "from": "machine", "body": so_far}))
        await socket.send(json.dumps({"event": "settled", "from": "machine", "body": so_far}))


async def bare(socket):
    """Sends plain texts, with a marker at the end."""
    async for _ in socket:
        async for piece in words():
            await socket.send(piece)
        await socket.send("[DONE]")


async def closing(socket):
    """Sends plain texts; the end of the connection ends the answer."""
    async for _ in socket:
        async for piece in words():
            await socket.send(piece)
        await socket.close()


async def endless(socket):
    """Sends no end of an answer."""
    async for _ in socket:
        async for piece in words():
            await socket.send(json.dumps({"say": piece}))


async def silent(socket):
    async for _ in socket:
        pass


SERVERS = {f"/{server.__name__}": server for server in [tagged, flags, single, growing, bare, closing, endless, silent]}


async def serve_path(socket, path):
    await SERVERS[path](socket)


serve(serve_path)
