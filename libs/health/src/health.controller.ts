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

/** The probes, and the report for people. Open to everybody: they tell of states, and of no address. */
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

  /** Depends on nothing: a process is not killed for what happens to others, nor while it drains. */
  @Get('live')
  @NoStore()
  @ApiOperation({ summary: 'Liveness probe: 200 while the process answers at all' })
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
    // A database that the end of the process has closed already is not what is wrong.
    const database = this.#lifecycle.phase === 'ready' ? [() => indicators.database()] : [];
    return this.#answer(reply, [() => indicators.lifecycle(), ...database]);
  }

  @Get()
  @NoStore()
  @HealthCheck({ noCache: false, swaggerDocumentation: true })
  @ApiOperation({ summary: 'Everything: database, LLM, memory; 503 without the database' })
  everything(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const indicators = this.#indicators;
    return this.#answer(reply, [
      () => indicators.database(),
      () => indicators.llm(),
      () => indicators.memory(),
      () => indicators.eventLoop(),
    ]);
  }

  /** Terminus throws its report of what is down; probes want to read it as it is. */
  async #answer(reply: FastifyReply, indicators: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.#terminus.check(indicators);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}
