import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsText } from '#problems';
import { IsOptional } from 'class-validator';

/** The query of `GET /api/runs/{id}/events`. */
export class RunEventsQuery {
  @ApiPropertyOptional({ description: 'The id of the last event that was received, as in Last-Event-ID' })
  @IsOptional()
  @IsText({ maxBytes: 100 })
  starting_after?: string;
}
