import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { IsOperator } from '#auth';
import { LlmCheck } from './llm-check.js';
import { LlmReport, summaryOf } from './llm-report.js';
import { NoStore } from './no-store.js';

/** The health of the LLM servers, for monitoring. Requires a key if keys are in use; only operators see addresses. */
@ApiTags('health')
@Controller('api/llm/health')
export class LlmHealthController {
  readonly #check: LlmCheck;

  constructor(check: LlmCheck) {
    this.#check = check;
  }

  @Get()
  @NoStore()
  @ApiOperation({
    summary: 'The health of the LLM servers, with connections and circuit breakers',
    description: 'With keys in use, `url` and `endpoints` are empty without an operator key.',
  })
  @ApiOkResponse({
    type: LlmReport,
    description: 'healthy, or degraded: some LLM servers are not reachable or their breakers are open',
  })
  @ApiServiceUnavailableResponse({
    type: LlmReport,
    description: 'unhealthy: no LLM server is reachable; the body has the same shape',
  })
  async report(
    @IsOperator() isOperator: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LlmReport> {
    const report = await this.#check.report();
    if (!report.success) void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return isOperator ? report : summaryOf(report);
  }
}
