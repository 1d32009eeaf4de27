import { once } from 'node:events';
import { WebSocket } from 'ws';
import { question } from './turn-load.js';

/** Measures the mock LLM itself, over one WebSocket. @returns the latency of each answer, in ms */
export async function askMock(url: string, seconds: number, signal: AbortSignal): Promise<number[]> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const frame = JSON.stringify({
    message: question,
    model: 'default',
    metadata: { session_context: { messages: [] } },
    settings: { max_tokens: 4000, temperature: 0.7, stream: false },
  });
  try {
    await once(socket, 'open', { signal });
    const latencies: number[] = [];
    const until = performance.now() + seconds * 1000;
    for (let sentAt = performance.now(); sentAt < until;) {
      socket.send(frame);
      await once(socket, 'message', { signal });
      const answeredAt = performance.now();
      latencies.push(answeredAt - sentAt);
      sentAt = answeredAt;
    }
    return latencies;
  } finally {
    socket.terminate();
  }
}
