import { Audited, Owner } from '#auth';
import { ApiProblems, streamedBody, UuidParam } from '#problems';
import { Controller, Get, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiPropertyOptional,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Conversations } from '../conversations/conversations.service.js';
import { conversationView } from '../model/conversation.view.js';
import { ExportedConversation } from '../transfer/exported-conversation.js';
import { Exports } from '../transfer/exports.service.js';
import { importTooLarge } from '../transfer/import-body.js';
import { ImportedConversation } from '../transfer/import-result.js';
import { Imports } from '../transfer/imports.service.js';
import { transferLimits } from '../transfer/transfer-limits.js';

class ExportQuery {
  @ApiPropertyOptional({ enum: ['json', 'markdown'], default: 'json' })
  @IsIn(['json', 'markdown'])
  format: 'json' | 'markdown' = 'json';
}

/** `GET /api/conversations/{id}/export` and `POST /api/import`. */
@ApiTags('conversations')
@ApiExtraModels(ExportedConversation)
@Controller('api')
export class TransferController {
  readonly #exports: Exports;
  readonly #imports: Imports;
  readonly #conversations: Conversations;

  constructor(exports: Exports, imports: Imports, conversations: Conversations) {
    this.#exports = exports;
    this.#imports = imports;
    this.#conversations = conversations;
  }

  @Get('conversations/:id/export')
  @Audited('conversation.export')
  @ApiOperation({ summary: 'Export a conversation: every branch as JSON, or the newest one as Markdown' })
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ExportedConversation) } },
      'text/markdown': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(404)
  async export(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Query() { format }: ExportQuery,
  ): Promise<StreamableFile> {
    const isJson = format === 'json';
    const text = await this.#exports.open(owner, id, format);
    return new StreamableFile(text, {
      type: isJson ? 'application/json; charset=utf-8' : 'text/markdown; charset=utf-8',
      disposition: `attachment; filename="conversation-${id}.${isJson ? 'json' : 'md'}"`,
    });
  }

  @Post('import')
  @Audited('conversation.import')
  @RouteConfig(streamedBody)
  @ApiOperation({
    summary: 'Import exported conversations, with new ids',
    description: `A JSON export of Parley, \`conversations.json\` of ChatGPT, or a JSON export of Open WebUI or LibreChat. At
      most 64 MiB, 10,000 conversations and 100,000 messages. One import per owner at a time.`,
  })
  @ApiBody({
    schema: {
      anyOf: [
        { $ref: getSchemaPath(ExportedConversation) },
        {
          description: 'An export of ChatGPT, Open WebUI or LibreChat',
          type: 'object',
          additionalProperties: true,
        },
        { description: 'A list of such conversations', type: 'array', items: { type: 'object' } },
      ],
    },
  })
  @ApiCreatedResponse({ type: ImportedConversation })
  @ApiProblems(413)
  async import(
    @Owner() owner: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportedConversation> {
    const disconnected = new AbortController();
    reply.raw.once('close', () => disconnected.abort());
    try {
      if (Number(request.headers['content-length']) > transferLimits.maxImportBytes) throw importTooLarge();
      const body = (request.body as Readable | undefined) ?? Readable.from([]);
      const report = await this.#imports.import(owner, body, disconnected.signal);
      const id = report.conversation_ids[0]!;
      void reply.header('location', `/api/conversations/${id}`);
      return { ...conversationView(await this.#conversations.read(owner, id)), import: report };
    } finally {
      // The rest of a refused body is discarded, so that the client can read the response.
      request.raw.resume();
    }
  }
}
