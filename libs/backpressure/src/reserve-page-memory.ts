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
 * Decorator for operations that read a page of up to `pageBytes` from the database: reserves the memory before the handler
 * runs. Throws OwnerMemoryError and ProcessMemoryError.
 */
export function ReservePageMemory(): MethodDecorator {
  return UseInterceptors(PageReservation);
}
