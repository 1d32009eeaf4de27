import { Audited, Owner } from '#auth';
import { ReservePageMemory } from '#backpressure';
import { ApiIdempotencyKey, EventStreams, IdempotencyKey } from '#chat';
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
import { EphemeralResponses } from './ephemeral-responses.js';
import { ResponseCursor } from './response-cursor.js';
import { CreateResponseDto, InputItemsQuery, ReadResponseQuery } from './response.dto.js';
import { ResponseObject } from './response-object.js';
import { Responses } from './responses.service.js';
import { parseSequenceNumber, type ResponsePosition } from './sequence-number.js';

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

/** `/v1/responses`. */
@ApiTags('openai')
@ApiExtraModels(ResponseObject)
@Controller('v1/responses')
export class ResponsesController {
  readonly #responses: Responses;
  readonly #ephemeral: EphemeralResponses;
  readonly #streams: EventStreams;

  constructor(responses: Responses, ephemeral: EphemeralResponses, streams: EventStreams) {
    this.#responses = responses;
    this.#ephemeral = ephemeral;
    this.#streams = streams;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Generate a response, as the OpenAI API does',
    description: 'It is generated and stored even if the client disconnects, unless `store` is false.',
  })
  @ApiOkResponse(responseOrEvents)
  @ApiIdempotencyKey()
  @ApiErrors(404, 409, 413, 502)
  async create(
    @Owner() owner: string,
    @Body() body: CreateResponseDto,
    // Checked also where it has no effect: a response that is not stored is generated again.
    @IdempotencyKey() _key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResponseObject | StreamableFile> {
    if (body.store === false) return this.#ephemeral.create(owner, body, reply);
    const slot = body.stream === true ? this.#streams.admit(owner, reply) : undefined;
    const response = await this.#responses.begin(owner, body, reply);
    if (slot !== undefined)
      return this.#streams.followRun(response.run, new ResponseCursor(response.parameters), slot);
    return body.background === true ? this.#responses.view(response) : this.#responses.waitForEnd(response);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a response, or follow it after an event' })
  @ApiOkResponse(responseOrEvents)
  @ApiErrors(404)
  async read(
    @Owner() owner: string,
    @Param('id') id: string,
    @Query() { stream, starting_after }: ReadResponseQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResponseObject | StreamableFile> {
    const uuid = uuidOf('resp', id);
    const after = starting_after === undefined ? undefined : parsePosition(starting_after);
    if (stream !== 'true') return this.#responses.read(owner, uuid);
    const slot = this.#streams.admit(owner, reply);
    const { run, parameters } = await this.#responses.follow(owner, uuid);
    return this.#streams.followRun(run, new ResponseCursor(parameters, after), slot);
  }

  @Get(':id/input_items')
  @ReservePageMemory()
  @ApiOperation({ summary: 'List the input of a response: the message of the user' })
  @ApiOkResponse({ type: ItemList })
  @ApiErrors(404)
  async inputItems(
    @Owner() owner: string,
    @Param('id') id: string,
    @Query() _query: InputItemsQuery,
  ): Promise<ItemList> {
    return itemList([itemView(await this.#responses.inputOf(owner, uuidOf('resp', id)))], false);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a response; the partial answer is kept' })
  @ApiOkResponse({ type: ResponseObject })
  @ApiIdempotencyKey()
  @ApiErrors(404, 409)
  cancel(
    @Owner() owner: string,
    @Param('id') id: string,
    // Repeated requests have no further effect anyway.
    @IdempotencyKey() _key: string | undefined,
  ): Promise<ResponseObject> {
    return this.#responses.cancel(owner, uuidOf('resp', id));
  }

  @Delete(':id')
  @Audited('response.delete')
  @ApiOperation({ summary: 'Delete a response and its input' })
  @ApiOkResponse({ type: DeletedResponse })
  @ApiErrors(404)
  async delete(@Owner() owner: string, @Param('id') id: string): Promise<DeletedResponse> {
    await this.#responses.delete(owner, uuidOf('resp', id));
    return { id, object: 'response', deleted: true };
  }
}

function parsePosition(startingAfter: string): ResponsePosition {
  const position = parseSequenceNumber(startingAfter);
  if (position !== undefined) return position;
  throw validationFailed([
    { field: 'starting_after', code: 'invalid_type', detail: 'must be the sequence_number of an event' },
  ]);
}
