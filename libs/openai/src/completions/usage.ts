import { ApiProperty } from '@nestjs/swagger';

/** Tokens as Chat Completions counts them. */
export class CompletionUsage {
  @ApiProperty({ type: 'integer' })
  prompt_tokens!: number;

  @ApiProperty({ type: 'integer' })
  completion_tokens!: number;

  @ApiProperty({ type: 'integer' })
  total_tokens!: number;
}

/** Tokens as an LLM server counted them; many count only all together. */
export interface CountedTokens {
  input: number | undefined;
  output: number | undefined;
  total: number | undefined;
}

/** Every count, with what follows from the others: a total alone is taken for the answer's. */
export function allCounts({ input, output, total }: CountedTokens): {
  input: number;
  output: number;
  total: number;
} {
  const asked = input ?? (total !== undefined && output !== undefined ? Math.max(0, total - output) : 0);
  const answered = output ?? (total === undefined ? 0 : Math.max(0, total - asked));
  return { input: asked, output: answered, total: total ?? asked + answered };
}
