import { Owner } from '#auth';
import { Database, type Statement } from '#database';
import { ApiProblems, notFound, UuidParam } from '#problems';
import { Body, Controller, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { FeedbackDto } from '../model/feedback.dto.js';

const setFeedback: Statement = {
  name: 'set_feedback',
  text: `
    INSERT INTO feedback (message_id, owner, rating, comment)
    SELECT m.id, c.owner, $3, $4 FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = $1 AND c.owner = $2
    ON CONFLICT (message_id) DO UPDATE SET rating = excluded.rating, comment = excluded.comment, created_at = now()
    RETURNING message_id`,
};

/** `PUT /api/messages/{id}/feedback`: rates a message. */
@ApiTags('messages')
@Controller('api/messages')
export class FeedbackController {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  @Put(':id/feedback')
  @HttpCode(204)
  @ApiOperation({ summary: 'Rate a message; a later rating replaces an earlier one' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async rate(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Body() { rating, comment }: FeedbackDto,
  ): Promise<void> {
    const rated = await this.#database
      .forOwner(owner)
      .query(setFeedback, [id, owner, rating, comment ?? null]);
    if (rated.length === 0) throw notFound('message', id);
  }
}
