import { type DecodedFrame, type Handshake, type LlmProtocol } from '../protocol.js';

/** The same protocol; every frame that it sends is changed by `pack`. */
export function withSentFrames(protocol: LlmProtocol, pack: (frame: string) => string): LlmProtocol {
  const packAll = (frames: string | readonly string[]): string | readonly string[] =>
    typeof frames === 'string' ? pack(frames) : frames.map(pack);
  const { connection } = protocol;
  const keepalive = connection?.keepalive;
  return {
    ...protocol,
    ...(keepalive === undefined
      ? {}
      : {
          connection: {
            ...connection,
            keepalive: { ...keepalive, frame: (context) => pack(keepalive.frame(context)) },
          },
        }),
    ...(protocol.handshake === undefined
      ? {}
      : { handshake: (context) => packedHandshake(protocol.handshake!(context), pack) }),
    encode: (request, context) => packAll(protocol.encode(request, context)),
    decode: (text): DecodedFrame => {
      const frame = protocol.decode(text);
      const { reply, next } = frame;
      if (reply === undefined && next === undefined) return frame;
      return {
        ...frame,
        reply: reply === undefined ? undefined : pack(reply),
        next: next && ((request, context) => packAll(next(request, context))),
      };
    },
    ...(protocol.cancel === undefined
      ? {}
      : {
          cancel: (request, context) => {
            const frame = protocol.cancel!(request, context);
            return frame === undefined ? undefined : pack(frame);
          },
        }),
  };
}

function* packedHandshake(handshake: Handshake, pack: (frame: string) => string): Handshake {
  let step = handshake.next();
  while (!step.done) step = handshake.next(yield step.value.map(pack));
  const end = step.value;
  return end && { ...end, send: end.send?.map(pack) };
}
