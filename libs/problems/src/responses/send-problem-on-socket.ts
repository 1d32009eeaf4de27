import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { requestIdOf } from '../request-id.js';
import { problemBody, problemHeaders } from './problem-body.js';
import { type Problem } from './problem.js';

/** Sends a problem on a connection without a readable request, and closes the connection. Never throws. */
export function sendProblemOnSocket(socket: Socket, problem: Problem): void {
  const id = requestIdOf({ headers: {} });
  const body = JSON.stringify(problemBody(problem, '/', id));
  const headers = {
    ...problemHeaders(problem, id),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`,
    );
  }
  socket.destroySoon();
}
