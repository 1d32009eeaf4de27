import { Audited, Owner } from '#auth';
import { ReservesPage } from '#backpressure';
import { validationFailed } from '#problems';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ApiErrors } from '../errors/api-errors.js';
import { uuidOf } from '../ids/resource-ids.js';
import { ItemList, itemList } from '../items/item-list.js';
import { itemView } from '../items/item.view.js';
import { PassingResponses } from './passing-responses.js';
import { ResponseEvents } from './response-events.js';
import { CreateResponseDto, ReadResponseQuery } from './response.dto.js';
import { ResponseObject } from './response-object.js';
import { Responses } from './responses.service.js';
import { parseSequenceNumber, type Place } from './sequence-number.js';

class DeletedResponse {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['response'] })
  object!: 'response';

  @ApiProperty({ enum: [true] })
  deleted!: true;
}

const responseOrEvents = {
  description: 'The response, or its events',
  content: {
    'application/json': { schema: { $ref: getSchemaPath(ResponseObject) } },
    'text/event-stream': { schema: { type: 'string' } },
  },
};

@ApiTags('openai')
@ApiExtraModels(ResponseObject)
@Controller('v1/responses')
export class ResponsesController {
  readonly #responses: Responses;
  readonly #passing: PassingResponses;
  readonly #events: ResponseEvents;

  constructor(responses: Responses, passing: PassingResponses, events: ResponseEvents) {
    this.#responses = responses;
    this.#passing = passing;
    this.#events = events;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Generate a response, as the OpenAI API does',
    description: 'It is generated and stored whoever waits, unless `store` is false.',
  })
  @ApiOkResponse(responseOrEvents)
  @ApiErrors(404, 409, 413, 422, 502)
  async create(
    @Owner() owner: string,
    @Body() body: CreateResponseDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResponseObject | StreamableFile> {
    if (body.store === false) return this.#passing.answer(owner, body, reply);
    const slot = body.stream === true ? this.#events.admit(owner, reply) : undefined;
    const response = await this.#responses.begin(owner, body);
    if (slot !== undefined) return this.#events.open(response.run, response.request, slot);
    return body.background === true ? this.#responses.view(response) : this.#responses.end(response);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a response, or follow it from an event on' })
  @ApiOkResponse(responseOrEvents)
  @ApiErrors(404)
  async read(
    @Owner() owner: string,
    @Param('id') id: string,
    @Query() { stream, starting_after }: ReadResponseQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResponseObject | StreamableFile> {
    const uuid = uuidOf('resp', id);
    const after = starting_after === undefined ? undefined : placeOf(starting_after);
    if (stream !== 'true') return this.#responses.read(owner, uuid);
    const slot = this.#events.admit(owner, reply);
    const { run, request } = await this.#responses.follow(owner, uuid);
    return this.#events.open(run, request, slot, after);
  }

  @Get(':id/input_items')
  @ReservesPage()
  @ApiOperation({ summary: 'List what a response answers: the message of the user' })
  @ApiOkResponse({ type: ItemList })
  @ApiErrors(404)
  async inputItems(@Owner() owner: string, @Param('id') id: string): Promise<ItemList> {
    return itemList([itemView(await this.#responses.inputOf(owner, uuidOf('resp', id)))], false);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop a response; what there is of it stays' })
  @ApiOkResponse({ type: ResponseObject })
  @ApiErrors(404, 409)
  cancel(@Owner() owner: string, @Param('id') id: string): Promise<ResponseObject> {
    return this.#responses.cancel(owner, uuidOf('resp', id));
  }

  @Delete(':id')
  @Audited('response.delete')
  @ApiOperation({ summary: 'Erase a response and its question' })
  @ApiOkResponse({ type: DeletedResponse })
  @ApiErrors(404)
  async delete(@Owner() owner: string, @Param('id') id: string): Promise<DeletedResponse> {
    await this.#responses.delete(owner, uuidOf('resp', id));
    return { id, object: 'response', deleted: true };
  }
}

function placeOf(startingAfter: string): Place {
  const place = parseSequenceNumber(startingAfter);
  if (place !== undefined) return place;
  throw validationFailed([
    { field: 'starting_after', code: 'invalid_type', detail: 'must be the sequence_number of an event' },
  ]);
}
