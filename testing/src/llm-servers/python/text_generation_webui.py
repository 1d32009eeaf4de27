"""The legacy streaming API of text-generation-webui: /api/v1/stream appends, /api/v1/chat-stream sends it all again."""
import json

from serving import serve


async def generate(socket, path):
    async for frame in socket:
        asked = json.loads(frame)
        if path == "/api/v1/stream":
            prompt = asked["prompt"]
            pieces = ["You ", "said ", prompt.splitlines()[-1]][: asked["max_new_tokens"]]
            for number, piece in enumerate(pieces):
                await socket.send(json.dumps({"event": "text_stream", "message_num": number, "text": piece}))
        else:
            text = ""
            pieces = ["You ", "said ", asked["user_input"]]
            for number, piece in enumerate(pieces):
                text += piece
                history = {"internal": [], "visible": asked["history"]["visible"] + [[asked["user_input"], text]]}
                await socket.send(json.dumps({"event": "text_stream", "message_num": number, "history": history}))
        await socket.send(json.dumps({"event": "stream_end", "message_num": len(pieces)}))
        await socket.close()


serve(generate)
