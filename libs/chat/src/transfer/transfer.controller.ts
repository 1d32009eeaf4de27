import { Owner } from '#auth';
import { ApiProblems, UuidParam } from '#problems';
import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiPropertyOptional,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Readable } from 'node:stream';
import { Conversations } from '../conversations/conversations.service.js';
import { conversationView, ConversationView } from '../conversations/conversation.view.js';
import { ExportedConversation } from './exported-conversation.js';
import { Exports } from './exports.service.js';
import { Imports } from './imports.service.js';

class ExportQuery {
  @ApiPropertyOptional({ enum: ['json', 'markdown'], default: 'json' })
  @IsIn(['json', 'markdown'])
  format: 'json' | 'markdown' = 'json';
}

/** Conversations that leave, and that come from elsewhere. */
@ApiTags('conversations')
@ApiExtraModels(ExportedConversation)
@Controller('api')
export class TransferController {
  constructor(
    private readonly exports: Exports,
    private readonly imports: Imports,
    private readonly conversations: Conversations,
  ) {}

  @Get('conversations/:id/export')
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
    const text = isJson ? await this.exports.json(owner, id) : await this.exports.markdown(owner, id);
    return new StreamableFile(Readable.from(text, { objectMode: false }), {
      type: isJson ? 'application/json; charset=utf-8' : 'text/markdown; charset=utf-8',
      disposition: `attachment; filename="conversation-${id}.${isJson ? 'json' : 'md'}"`,
    });
  }

  @Post('import')
  @ApiOperation({ summary: 'Import a conversation that was exported as JSON; it gets new ids' })
  @ApiCreatedResponse({ type: ConversationView })
  @ApiProblems(413)
  async import(@Owner() owner: string, @Body() document: ExportedConversation): Promise<ConversationView> {
    const id = await this.imports.import(owner, document);
    return conversationView(await this.conversations.read(owner, id));
  }
}
