"""A chat server like the FastAPI examples: typed events, and a history of the connection's turns.

/chat sends {"sender", "message", "type"} and echoes the user; /token, /chunk and /completed are its variants.
"""
import json

from serving import serve


def variant(path, piece):
    return {
        "/token": {"type": "token", "content": piece},
        "/chunk": {"type": "chunk", "request_id": "r1", "value": piece},
        "/completed": {"token": piece, "completed": False},
    }[path]


def ending(path, text):
    return {
        "/token": {"type": "done"},
        "/chunk": {"type": "end", "request_id": "r1", "full": text},
        "/completed": {"token": "", "completed": True},
    }[path]


async def chat(socket, path):
    turns = 0

    async def say(**event):
        await socket.send(json.dumps(event))

    async for question in socket:
        turns += 1
        pieces = [f"{turns}: ", "you said ", question]
        if path == "/chat":
            await say(sender="you", message=question, type="stream")
            await say(sender="bot", message="", type="start")
            await say(sender="bot", message="Synthesizing", type="info")
            if question == "crash":
                await say(sender="bot", message="Sorry, something went wrong.", type="error")
                continue
            for piece in pieces:
                await say(sender="bot", message=piece, type="stream")
            await say(sender="bot", message="", type="end")
            continue
        for piece in pieces:
            await say(**variant(path, piece))
        await say(**ending(path, "".join(pieces)))


serve(chat)
