import { Inject, Injectable } from '@nestjs/common';
import { ownerOf } from '#auth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ServerResponse } from 'node:http';
import { BACKPRESSURE_OPTIONS, type BackpressureOptions } from './backpressure-options.js';
import { largeChars } from './json-body.js';
import { MemoryBudget, type Reservation } from './memory-budget.js';
import { textSize } from './text-size.js';

/** Counts for responses on public routes; not the name of any owner. */
const noOwner = '';

/** Accounts for the memory of large responses, from before their data is loaded until they have been read. */
@Injectable()
export class ResponseMemory {
  readonly #budget: MemoryBudget;
  readonly #reservations = new WeakMap<ServerResponse, Reservation>();

  constructor(@Inject(BACKPRESSURE_OPTIONS) { memory }: BackpressureOptions) {
    this.#budget = new MemoryBudget(memory);
  }

  /**
   * Reserves memory for a response until it ends. Call it before the data of the response is loaded.
   * @throws OwnerMemoryError, ProcessMemoryError, or AbortError if the client disconnects first
   */
  async reserve(request: FastifyRequest, { raw }: FastifyReply, bytes: number): Promise<void> {
    const closing = new AbortController();
    const close = (): void => closing.abort();
    if (raw.destroyed) close();
    raw.once('close', close);
    const reservation = await this.#budget.reserve(ownerOrNone(request), bytes, closing.signal);
    if (closing.signal.aborted) return reservation.release();
    raw.off('close', close);
    raw.once('close', () => reservation.release());
    this.#reservations.set(raw, reservation);
  }

  /**
   * Sets the reservation to the actual size of a response, or makes one for a large response without one.
   * @returns a promise if the response must wait for memory, else undefined
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

function ownerOrNone(request: FastifyRequest): string {
  try {
    return ownerOf(request);
  } catch {
    return noOwner;
  }
}
