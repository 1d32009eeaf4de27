import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who wrote a message. */
export type MessageRole = 'user' | 'assistant';

/** The statuses of runs and messages: `queued → in_progress → completed | failed | cancelled | incomplete`. */
export const runStatuses = [
  'queued',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'incomplete',
] as const;

/** The status of a run and of the message it generates. */
export type RunStatus = (typeof runStatuses)[number];

/** Numbers of tokens as the LLM reported them. */
export class Usage {
  @ApiProperty({ type: 'integer', nullable: true })
  input_tokens!: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  output_tokens!: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  total_tokens!: number | null;
}

/** A row of `messages`. The names of the fields are those of the columns and of the API. */
@Entity('messages')
export class Message {
  @ApiProperty({ format: 'uuid' })
  @PrimaryColumn('uuid')
  id!: string;

  @ApiProperty({ format: 'uuid' })
  @Column('uuid')
  conversation_id!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Column('uuid', { nullable: true })
  parent_id!: string | null;

  /** Order within the conversation, from 1. */
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Order within the conversation' })
  @Column('integer')
  seq!: number;

  @ApiProperty({ enum: ['user', 'assistant'] })
  @Column('text')
  role!: MessageRole;

  @ApiProperty()
  @Column('text')
  content!: string;

  @ApiProperty({ enum: runStatuses })
  @Column('text')
  status!: RunStatus;

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  model!: string | null;

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  finish_reason!: string | null;

  @ApiProperty({ type: 'integer', nullable: true })
  @Column('integer', { nullable: true })
  tokens_used!: number | null;

  @ApiProperty({ type: Usage, nullable: true })
  @Column('jsonb', { nullable: true })
  usage!: Usage | null;

  @ApiProperty({ type: String, enum: ['primary', 'fallback', null], nullable: true })
  @Column('text', { nullable: true })
  source!: 'primary' | 'fallback' | null;

  /** The run that generates it; null for a user's message. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Column('uuid', { nullable: true })
  run_id!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  @Column('jsonb')
  metadata!: Record<string, unknown>;

  @ApiProperty({ type: String, format: 'date-time' })
  @Column('timestamptz')
  created_at!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Column('timestamptz', { nullable: true })
  completed_at!: Date | null;
}
