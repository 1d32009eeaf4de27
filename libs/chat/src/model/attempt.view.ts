import { ApiProperty } from '@nestjs/swagger';

/** An attempt of a run at one endpoint, as the API returns it and as it is stored with its run. */
export class AttemptView {
  /** From 1 in each generation of a run; see `attemptsBefore`. */
  @ApiProperty({ type: 'integer', minimum: 1 })
  number!: number;

  @ApiProperty()
  route!: string;

  @ApiProperty({ description: "The server's address for operators; its label for other callers" })
  endpoint!: string;

  /** Missing in attempts of versions that had no labels. */
  @ApiProperty({
    required: false,
    description: 'The route and the number of the server in it',
    example: 'primary-1',
  })
  endpoint_label?: string;

  @ApiProperty({ enum: ['succeeded', 'failed', 'cancelled'] })
  outcome!: 'succeeded' | 'failed' | 'cancelled';

  @ApiProperty({ type: String, nullable: true })
  error_code!: string | null;

  /** Missing in attempts of versions that did not store it. */
  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    description: 'What happened, at most 500 characters; without addresses for callers other than operators',
    example: 'the LLM server refused the WebSocket handshake with HTTP 403 Forbidden',
  })
  error_message?: string | null;

  @ApiProperty({ type: 'integer', nullable: true })
  first_token_ms!: number | null;

  @ApiProperty({ type: 'integer' })
  duration_ms!: number;

  @ApiProperty({ format: 'date-time' })
  started_at!: string;
}
