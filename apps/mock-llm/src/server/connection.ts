import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { type RawData, type WebSocket } from 'ws';
import { type Act } from '../answer/act.js';
import { type AnswerPlan, type Outcome, planAnswer, planRefusal } from '../answer/answer-plan.js';
import { readFrame } from '../answer/guide-request.js';
import { type RequestBehavior } from '../behavior/behavior.js';
import { AnswerSender, type Wire } from './answer-sender.js';
import { type OpenRecord, type RequestLog } from './request-log.js';
import { type Ticker } from './ticker.js';

/** What a connection needs from the mock it belongs to. */
export interface ConnectionHost {
  readonly log: RequestLog;
  readonly ticker: Ticker;
  readonly seed: number;
  readonly multiplex: boolean;
  nextRequest(): RequestBehavior;
  goDown(forMs: number): void;
}

interface Job {
  readonly plan: AnswerPlan;
  readonly requestId: string | number | undefined;
  readonly record: OpenRecord;
}

/** Requests on one connection that wait or are being answered. */
const MAX_JOBS = 1_000;

/** One client: reads its requests, and answers those with a `request_id` at once and the others one at a time. */
export class Connection implements Wire {
  readonly #running = new Map<Job, AnswerSender>();
  readonly #queue: Job[] = [];
  #busy: Job | undefined;
  #endedByUs = false;
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
    // What the client did wrong on the WebSocket's level; 'close' follows.
    ws.on('error', () => undefined);
  }

  /** True once it reads nothing any more, and so cannot notice that its client has gone. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  get backlogBytes(): number {
    return this.#ws.bufferedAmount;
  }

  /** Reads and sends nothing from now on, as a process that hangs. */
  freeze(): void {
    this.#isStuck = true;
    this.#cancelAll();
    this.#ws.pause();
  }

  close(code: number, reason: string): void {
    this.#leave();
    if (code === 1006) this.#cut('end');
    else if (code === 1005) this.#ws.close();
    else this.#ws.close(code, reason);
  }

  /** Ends the TCP connection at once, with RST; what was not sent yet is lost. */
  reset(): void {
    this.#leave();
    this.#socket.resetAndDestroy();
  }

  /** Ends the TCP connection at once, with FIN; what was not sent yet is lost. */
  terminate(): void {
    this.#leave();
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

  perform(act: Act): void {
    switch (act.kind) {
      case 'text':
        return this.sendText(act.data);
      case 'binary':
        return this.#ws.send(act.data, { binary: true });
      case 'text-bytes':
        return this.#ws.send(act.data, { binary: false });
      case 'fragments':
        return this.#sendFragments(Buffer.from(act.data));
      case 'raw':
        this.#socket.write(act.data);
        return;
      case 'close':
        return this.close(act.code, act.reason);
      case 'cut':
        return this.#cut(act.how);
      case 'freeze':
        return this.freeze();
      case 'down':
        this.#leave();
        this.#whenSent(() => this.#host.goDown(act.forMs));
        return;
      case 'later':
        return this.#performLater(act.afterMs, act.acts);
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#endedByUs || this.#isStuck) return;
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
    if (this.#busy !== undefined || this.#endedByUs) return;
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
    for (const { record } of unfinished) this.#host.log.end(record, this.#endedByUs ? 'broken' : 'abandoned');
  }

  /** From here on the end of this connection is the mock's doing. */
  #leave(): void {
    this.#endedByUs = true;
    this.#cancelAll();
  }

  #cancelAll(): void {
    for (const sender of this.#running.values()) sender.cancel();
    for (const timer of this.#later) clearTimeout(timer);
    this.#later.clear();
  }

  #performLater(afterMs: number, acts: readonly Act[]): void {
    const timer = setTimeout(() => {
      this.#later.delete(timer);
      for (const act of acts) this.perform(act);
    }, afterMs);
    this.#later.add(timer);
  }

  #cut(how: 'reset' | 'end'): void {
    this.#leave();
    this.#whenSent(() => (how === 'reset' ? this.#socket.resetAndDestroy() : this.#socket.destroy()));
  }

  /** What was written before must arrive before: waits until the system has taken it. */
  #whenSent(then: () => void): void {
    this.#socket.write('', () => then());
  }

  #sendFragments(bytes: Buffer): void {
    for (let i = 0; i < bytes.length; i++) {
      this.#ws.send(bytes.subarray(i, i + 1), { binary: false, fin: i === bytes.length - 1 });
    }
  }
}
