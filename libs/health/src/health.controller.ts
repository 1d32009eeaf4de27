import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { type FastifyReply } from 'fastify';
import { Public } from '#auth';
import { Indicators } from './indicators.js';
import { Lifecycle } from './lifecycle.js';
import { NoStore } from './no-store.js';

/** The probes and the health report. Public, as they contain states, but no addresses. */
@Public()
@ApiTags('health')
@Controller('health')
export class HealthController {
  readonly #terminus: HealthCheckService;
  readonly #indicators: Indicators;
  readonly #lifecycle: Lifecycle;

  constructor(terminus: HealthCheckService, indicators: Indicators, lifecycle: Lifecycle) {
    this.#terminus = terminus;
    this.#indicators = indicators;
    this.#lifecycle = lifecycle;
  }

  /** Has no dependencies: the process must not be restarted because others fail or because it drains. */
  @Get('live')
  @NoStore()
  @ApiOperation({ summary: 'Liveness probe: 200 while the process responds' })
  @ApiOkResponse({
    schema: { type: 'object', required: ['status'], properties: { status: { enum: ['ok'] } } },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @NoStore()
  @HealthCheck({ noCache: false, swaggerDocumentation: true })
  @ApiOperation({ summary: 'Readiness probe: 503 while starting, draining or without the database' })
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const indicators = this.#indicators;
    // While draining, the database connection may already be closed.
    const database = this.#lifecycle.phase === 'ready' ? [() => indicators.database()] : [];
    return this.#check(reply, [() => indicators.lifecycle(), ...database]);
  }

  @Get()
  @NoStore()
  @HealthCheck({ noCache: false, swaggerDocumentation: true })
  @ApiOperation({ summary: 'Health report: database, LLM, memory, event loop; 503 without the database' })
  report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const indicators = this.#indicators;
    return this.#check(reply, [
      () => indicators.database(),
      () => indicators.llm(),
      () => indicators.memory(),
      () => indicators.eventLoop(),
    ]);
  }

  /** Terminus throws the report when an indicator is down; sends it unchanged. */
  async #check(reply: FastifyReply, indicators: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.#terminus.check(indicators);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}
