import { ApiProperty } from '@nestjs/swagger';

/** Token counts as Chat Completions names them. */
export class CompletionUsage {
  @ApiProperty({ type: 'integer' })
  prompt_tokens!: number;

  @ApiProperty({ type: 'integer' })
  completion_tokens!: number;

  @ApiProperty({ type: 'integer' })
  total_tokens!: number;
}

/** Token counts as an LLM server reported them; many report only the total. */
export interface TokenCounts {
  input: number | undefined;
  output: number | undefined;
  total: number | undefined;
}

/** Derives missing counts from the others. A total alone counts as output. */
export function completeCounts({ input, output, total }: TokenCounts): {
  input: number;
  output: number;
  total: number;
} {
  const inputTokens =
    input ?? (total !== undefined && output !== undefined ? Math.max(0, total - output) : 0);
  const outputTokens = output ?? (total === undefined ? 0 : Math.max(0, total - inputTokens));
  return { input: inputTokens, output: outputTokens, total: total ?? inputTokens + outputTokens };
}
