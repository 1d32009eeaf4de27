import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OutputItem } from '../items/item.view.js';
import { ResponseUsage } from './response-usage.js';

const statuses = ['queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete'] as const;

const errorCodes = [
  'server_error',
  'rate_limit_exceeded',
  'invalid_prompt',
  'context_length_exceeded',
  'model_not_found',
] as const;

/** Why a response failed. */
export class ResponseError {
  @ApiProperty({ enum: errorCodes })
  code!: (typeof errorCodes)[number];

  @ApiProperty({ example: 'llm_unavailable', description: 'The error code of the run in /api' })
  type!: string;

  @ApiProperty()
  message!: string;
}

class IncompleteDetails {
  @ApiProperty({ enum: ['max_output_tokens', 'content_filter'] })
  reason!: 'max_output_tokens' | 'content_filter';
}

class ConversationReference {
  @ApiProperty()
  id!: string;
}

class EchoedReasoning {
  @ApiProperty({ type: String, nullable: true })
  effort!: string | null;

  @ApiProperty({ type: String, nullable: true })
  summary!: string | null;
}

class EchoedText {
  @ApiProperty({ type: 'object', additionalProperties: true })
  format!: { type: 'text' };

  @ApiPropertyOptional()
  verbosity?: string;
}

/** The parameters of the request, as the response repeats them. Stored with the run. */
export class ResponseParameters {
  @ApiProperty()
  model!: string;

  @ApiProperty()
  background!: boolean;

  @ApiProperty({ type: String, nullable: true })
  instructions!: string | null;

  @ApiProperty({ type: String, nullable: true })
  previous_response_id!: string | null;

  @ApiProperty({ type: ConversationReference, nullable: true })
  conversation!: ConversationReference | null;

  @ApiProperty({ type: 'integer', nullable: true })
  max_output_tokens!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  temperature!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  top_p!: number | null;

  @ApiProperty({ type: EchoedReasoning })
  reasoning!: EchoedReasoning;

  @ApiProperty({ type: EchoedText })
  text!: EchoedText;

  @ApiProperty({ enum: ['auto', 'disabled'] })
  truncation!: 'auto' | 'disabled';

  @ApiProperty({ type: String, nullable: true })
  user!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  metadata!: Record<string, string>;
}

/** A response as the OpenAI API shows it. */
export class ResponseObject extends ResponseParameters {
  @ApiProperty({ example: 'resp_01a2…' })
  id!: string;

  @ApiProperty({ enum: ['response'] })
  object!: 'response';

  @ApiProperty({ type: 'integer', description: 'Seconds since 1970' })
  created_at!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Seconds since 1970' })
  completed_at!: number | null;

  @ApiProperty({ enum: statuses })
  status!: (typeof statuses)[number];

  @ApiProperty({ type: ResponseError, nullable: true })
  error!: ResponseError | null;

  @ApiProperty({ type: IncompleteDetails, nullable: true })
  incomplete_details!: IncompleteDetails | null;

  @ApiProperty({ type: [OutputItem] })
  output!: OutputItem[];

  @ApiProperty({ type: ResponseUsage, nullable: true })
  usage!: ResponseUsage | null;

  @ApiProperty()
  store!: boolean;

  @ApiProperty({ type: String, nullable: true, enum: [null] })
  access_programs!: null;

  @ApiProperty()
  parallel_tool_calls!: boolean;

  @ApiProperty({ enum: ['auto'] })
  tool_choice!: 'auto';

  @ApiProperty({ type: 'array', items: { type: 'object' }, maxItems: 0 })
  tools!: [];
}
