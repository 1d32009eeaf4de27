import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { pageBytes } from './backpressure-options.js';
import { ResponseMemory } from './response-memory.js';

@Injectable()
class PageReservation implements NestInterceptor {
  readonly #memory: ResponseMemory;

  constructor(memory: ResponseMemory) {
    this.#memory = memory;
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<ReturnType<CallHandler['handle']>> {
    const http = context.switchToHttp();
    await this.#memory.reserve(
      http.getRequest<FastifyRequest>(),
      http.getResponse<FastifyReply>(),
      pageBytes,
    );
    return next.handle();
  }
}

/**
 * For operations that read up to a page of `pageBytes` from the database: they wait until memory for it is free before
 * they read. Throws OwnerMemoryError and ProcessMemoryError.
 */
export function ReservesPage(): MethodDecorator {
  return UseInterceptors(PageReservation);
}
