import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { OperatorOnly, Public } from '#auth';
import { MetricsRegistry } from './metrics-registry.js';

/**
 * The endpoint that Prometheus scrapes. Requires an operator key if keys are in use, as it contains addresses of LLM
 * servers.
 */
@OperatorOnly()
@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  readonly #registry: MetricsRegistry;

  constructor(registry: MetricsRegistry) {
    this.#registry = registry;
  }

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Counters, gauges and histograms in the text format of Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  page(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** The same endpoint without a key. */
@Public()
@ApiTags('metrics')
@Controller('metrics')
export class PublicMetricsController extends MetricsController {}
