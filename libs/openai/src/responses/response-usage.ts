import { ApiProperty } from '@nestjs/swagger';

class InputTokens {
  @ApiProperty({ type: 'integer', enum: [0] })
  cached_tokens!: 0;

  @ApiProperty({ type: 'integer', enum: [0] })
  cache_write_tokens!: 0;
}

class OutputTokens {
  @ApiProperty({ type: 'integer', enum: [0] })
  reasoning_tokens!: 0;
}

/** Token counts as the Responses API names them. */
export class ResponseUsage {
  @ApiProperty({ type: 'integer' })
  input_tokens!: number;

  @ApiProperty()
  input_tokens_details!: InputTokens;

  @ApiProperty({ type: 'integer' })
  output_tokens!: number;

  @ApiProperty()
  output_tokens_details!: OutputTokens;

  @ApiProperty({ type: 'integer' })
  total_tokens!: number;
}
