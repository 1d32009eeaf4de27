import { Inject, Injectable } from '@nestjs/common';
import { ownerOf } from '#auth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ServerResponse } from 'node:http';
import { BACKPRESSURE_OPTIONS, type BackpressureOptions } from './backpressure-options.js';
import { largeChars } from './json-body.js';
import { MemoryBudget, type Reservation } from './memory-budget.js';
import { textSize } from './text-size.js';

/** The owner that responses on public routes count for. */
const everybody = '';

/** Accounts for the memory of large responses, from before they are loaded until their reader has read them. */
@Injectable()
export class ResponseMemory {
  readonly #budget: MemoryBudget;
  readonly #reservations = new WeakMap<ServerResponse, Reservation>();

  constructor(@Inject(BACKPRESSURE_OPTIONS) { memory }: BackpressureOptions) {
    this.#budget = new MemoryBudget(memory);
  }

  /**
   * Reserves memory for a response until it is over. Call it before the data of the response is loaded.
   * @throws OwnerMemoryError, ProcessMemoryError; AbortError when the reader goes away first
   */
  async reserve(request: FastifyRequest, { raw }: FastifyReply, bytes: number): Promise<void> {
    const closing = new AbortController();
    const close = (): void => closing.abort();
    if (raw.destroyed) close();
    raw.once('close', close);
    const reservation = await this.#budget.reserve(ownerOrEverybody(request), bytes, closing.signal);
    if (closing.signal.aborted) return reservation.release();
    raw.off('close', close);
    raw.once('close', () => reservation.release());
    this.#reservations.set(raw, reservation);
  }

  /**
   * Corrects the reservation to the actual size of a response. Undefined for a small response, which does not have to
   * wait.
   */
  account(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> | undefined {
    const reservation = this.#reservations.get(reply.raw);
    const isLarge = textSize(payload, largeChars) > largeChars;
    if (!isLarge) {
      reservation?.release();
      return undefined;
    }
    const bytes = textSize(payload, Infinity);
    if (reservation === undefined) return this.reserve(request, reply, bytes);
    reservation.resize(bytes);
    return undefined;
  }
}

function ownerOrEverybody(request: FastifyRequest): string {
  try {
    return ownerOf(request);
  } catch {
    return everybody;
  }
}
