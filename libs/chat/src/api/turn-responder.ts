import { Injectable, type StreamableFile } from '@nestjs/common';
import { isOperator } from '#auth';
import { type FastifyReply } from 'fastify';
import { type Message } from '../model/message.entity.js';
import { RunCompletion } from '../runs/following/run-completion.js';
import { runProblem } from './run-problem.js';
import { runFor, type RunView } from '../model/run.view.js';
import { type ResponseForm } from './response-form.js';
import { EventStreams } from '../streams/event-streams.js';
import { type SentMessage } from './sent-message.js';
import { type TurnRequest } from '../model/turn.js';
import { Turns } from '../turns/turns.service.js';

/** Begins turns and responds in the form that the caller asked for. */
@Injectable()
export class TurnResponder {
  readonly #turns: Turns;
  readonly #completion: RunCompletion;
  readonly #streams: EventStreams;

  constructor(turns: Turns, completion: RunCompletion, streams: EventStreams) {
    this.#turns = turns;
    this.#completion = completion;
    this.#streams = streams;
  }

  /**
   * Begins a turn and responds with its answer, its events, or its run (202).
   * @param answered see {@link Turns.begin}
   * @throws what {@link Turns.begin} and {@link EventStreams.admit} throw; for the form `json` a Problem if the run did not
   * complete, see {@link runProblem}
   */
  async respond(
    request: TurnRequest,
    form: ResponseForm,
    reply: FastifyReply,
    answered?: Message,
  ): Promise<SentMessage | StreamableFile | RunView> {
    const slot = form === 'events' ? this.#streams.admit(request.owner, reply) : undefined;
    const run = await this.#turns.begin(request, answered);
    if (slot !== undefined) return this.#streams.openRun(run, slot);
    if (form === 'async') {
      void reply
        .status(202)
        .header('location', `/api/runs/${run.turn.run.id}`)
        .header('preference-applied', 'respond-async');
      return runFor(run.turn.run, isOperator(reply.request));
    }
    const turn = await this.#completion.wait(run);
    if (turn.run.status !== 'completed') throw runProblem(turn, isOperator(reply.request));
    return { message: turn.user, reply: turn.reply, run: runFor(turn.run, isOperator(reply.request)) };
  }
}
