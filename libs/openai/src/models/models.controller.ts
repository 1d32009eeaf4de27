import { notFound } from '#problems';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../errors/api-errors.js';
import { Model, Models } from './models.service.js';

class ModelList {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({ type: [Model] })
  data!: Model[];
}

/** `/v1/models`: the models of the configured routes. */
@ApiTags('openai')
@Controller('v1/models')
export class ModelsController {
  readonly #models: Models;

  constructor(models: Models) {
    this.#models = models;
  }

  @Get()
  @ApiOperation({ summary: 'List the models of the routes' })
  @ApiOkResponse({ type: ModelList })
  @ApiErrors()
  list(): ModelList {
    return { object: 'list', data: this.#models.all() };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a model' })
  @ApiOkResponse({ type: Model })
  @ApiErrors(404)
  read(@Param('id') id: string): Model {
    const model = this.#models.get(id);
    if (model === undefined) throw notFound('model', id.slice(0, 200));
    return model;
  }
}
