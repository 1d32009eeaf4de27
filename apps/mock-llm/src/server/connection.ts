import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { type RawData, type WebSocket } from 'ws';
import { type Action } from '../answer/action.js';
import { type AnswerPlan, type Outcome, planAnswer, planRefusal } from '../answer/answer-plan.js';
import { readFrame } from '../answer/guide-request.js';
import { type RequestBehavior } from '../behavior/behavior.js';
import { AnswerSender, type AnswerConnection } from './answer-sender.js';
import { type OpenRecord, type RequestLog } from './request-log.js';
import { type Ticker } from './ticker.js';

/** The functions of the mock that a connection uses. */
export interface ConnectionHost {
  readonly log: RequestLog;
  readonly ticker: Ticker;
  readonly seed: number;
  readonly multiplex: boolean;
  nextRequest(): RequestBehavior;
  goDown(forMs: number): void;
}

/** A request with the plan of its answer. */
interface Job {
  readonly plan: AnswerPlan;
  readonly requestId: string | number | undefined;
  readonly record: OpenRecord;
}

/** Most requests on one connection that wait or are being answered. */
const MAX_JOBS = 1_000;

/** The connection of one client: answers requests with a `request_id` concurrently and the others one at a time. */
export class Connection implements AnswerConnection {
  readonly #running = new Map<Job, AnswerSender>();
  readonly #queue: Job[] = [];
  #busy: Job | undefined;
  #endedByMock = false;
  #isStuck = false;
  readonly #later = new Set<NodeJS.Timeout>();

  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #headers: IncomingHttpHeaders;
  readonly #host: ConnectionHost;

  constructor(
    ws: WebSocket,
    socket: Socket,
    readonly number: number,
    headers: IncomingHttpHeaders,
    host: ConnectionHost,
  ) {
    this.#ws = ws;
    this.#socket = socket;
    this.#headers = headers;
    this.#host = host;
    ws.on('message', (data, isBinary) => this.#receive(data, isBinary));
    ws.on('close', () => this.#closed());
    // A WebSocket protocol error of the client; 'close' follows.
    ws.on('error', () => undefined);
  }

  /** Whether it no longer reads, so that it does not notice when its client disconnects. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  get backlogBytes(): number {
    return this.#ws.bufferedAmount;
  }

  /** Stops reading and sending, like a process that hangs. */
  freeze(): void {
    this.#isStuck = true;
    this.#cancelAll();
    this.#ws.pause();
  }

  close(code: number, reason: string): void {
    this.#endByMock();
    if (code === 1006) this.#cut('end');
    else if (code === 1005) this.#ws.close();
    else this.#ws.close(code, reason);
  }

  /** Ends the TCP connection immediately with RST; unsent data is lost. */
  reset(): void {
    this.#endByMock();
    this.#socket.resetAndDestroy();
  }

  /** Ends the TCP connection immediately with FIN; unsent data is lost. */
  terminate(): void {
    this.#endByMock();
    this.#ws.terminate();
  }

  sendText(data: string): void {
    this.#ws.send(data);
  }

  batch(write: () => void): void {
    this.#socket.cork();
    write();
    this.#socket.uncork();
  }

  perform(action: Action): void {
    switch (action.kind) {
      case 'text':
        return this.sendText(action.data);
      case 'binary':
        return this.#ws.send(action.data, { binary: true });
      case 'text-bytes':
        return this.#ws.send(action.data, { binary: false });
      case 'fragments':
        return this.#sendFragments(Buffer.from(action.data));
      case 'raw':
        this.#socket.write(action.data);
        return;
      case 'close':
        return this.close(action.code, action.reason);
      case 'cut':
        return this.#cut(action.how);
      case 'freeze':
        return this.freeze();
      case 'down':
        this.#endByMock();
        this.#whenSent(() => this.#host.goDown(action.forMs));
        return;
      case 'later':
        return this.#performLater(action.afterMs, action.actions);
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#endedByMock || this.#isStuck) return;
    const bytes = data as Buffer;
    const { frame, request, requestId, problem } = readFrame(isBinary ? '' : bytes.toString());
    const record = this.#host.log.add({
      frame,
      bytes: bytes.length,
      headers: this.#headers,
      connection: this.number,
    });
    const id = this.#host.multiplex ? requestId : undefined;
    this.#enqueue({
      plan: this.#plan(request && { ...request, requestId: id }, problem, id),
      requestId: id,
      record,
    });
  }

  #plan(
    request: Parameters<typeof planAnswer>[0] | undefined,
    problem: string | undefined,
    requestId: string | number | undefined,
  ): AnswerPlan {
    if (this.#queue.length + this.#running.size >= MAX_JOBS) {
      return planRefusal('overloaded', `More than ${MAX_JOBS} requests on one connection.`, requestId);
    }
    if (request === undefined)
      return planRefusal('invalid_request', `Invalid request: ${problem}.`, requestId);
    return planAnswer(request, this.#host.nextRequest(), this.#host.seed);
  }

  #enqueue(job: Job): void {
    if (job.requestId !== undefined) return this.#start(job);
    this.#queue.push(job);
    this.#startNext();
  }

  #startNext(): void {
    if (this.#busy !== undefined || this.#endedByMock) return;
    this.#busy = this.#queue.shift();
    if (this.#busy !== undefined) this.#start(this.#busy);
  }

  #start(job: Job): void {
    const onEnd = (outcome: Outcome) => this.#ended(job, outcome);
    const sender = new AnswerSender(job.plan, job.requestId, this, this.#host.ticker, job.record, onEnd);
    this.#running.set(job, sender);
    sender.start();
  }

  #ended(job: Job, outcome: Outcome): void {
    this.#running.delete(job);
    if (job.record.outcome === 'pending') this.#host.log.end(job.record, outcome);
    if (this.#busy !== job) return;
    this.#busy = undefined;
    this.#startNext();
  }

  #closed(): void {
    this.#cancelAll();
    const unfinished = [...this.#running.keys(), ...this.#queue].filter(
      ({ record }) => record.outcome === 'pending',
    );
    this.#running.clear();
    this.#queue.length = 0;
    for (const { record } of unfinished)
      this.#host.log.end(record, this.#endedByMock ? 'broken' : 'abandoned');
  }

  /** Marks the end of the connection as caused by the mock. */
  #endByMock(): void {
    this.#endedByMock = true;
    this.#cancelAll();
  }

  #cancelAll(): void {
    for (const sender of this.#running.values()) sender.cancel();
    for (const timer of this.#later) clearTimeout(timer);
    this.#later.clear();
  }

  #performLater(afterMs: number, actions: readonly Action[]): void {
    const timer = setTimeout(() => {
      this.#later.delete(timer);
      for (const action of actions) this.perform(action);
    }, afterMs);
    this.#later.add(timer);
  }

  #cut(how: 'reset' | 'end'): void {
    this.#endByMock();
    this.#whenSent(() => (how === 'reset' ? this.#socket.resetAndDestroy() : this.#socket.destroy()));
  }

  /** Waits until the operating system has accepted all written data, so that it arrives first. */
  #whenSent(then: () => void): void {
    this.#socket.write('', () => then());
  }

  #sendFragments(bytes: Buffer): void {
    for (let i = 0; i < bytes.length; i++) {
      this.#ws.send(bytes.subarray(i, i + 1), { binary: false, fin: i === bytes.length - 1 });
    }
  }
}
