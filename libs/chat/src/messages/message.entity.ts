import { Column, Entity, PrimaryColumn } from 'typeorm';

export type MessageRole = 'user' | 'assistant';

/** `queued → in_progress → completed | failed | cancelled | incomplete` */
export type RunStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete';

/** Tokens as the LLM counted them. */
export interface Usage {
  input_tokens: number | null;
  output_tokens: number | null;
  total_tokens: number | null;
}

/** What a user or the LLM said. Its members and their spelling are those of the API. */
@Entity('messages')
export class Message {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  conversation_id!: string;

  @Column('uuid', { nullable: true })
  parent_id!: string | null;

  /** Order within the conversation, from 1. */
  @Column('integer')
  seq!: number;

  @Column('text')
  role!: MessageRole;

  @Column('text')
  content!: string;

  @Column('text')
  status!: RunStatus;

  @Column('text', { nullable: true })
  model!: string | null;

  @Column('text', { nullable: true })
  finish_reason!: string | null;

  @Column('integer', { nullable: true })
  tokens_used!: number | null;

  @Column('jsonb', { nullable: true })
  usage!: Usage | null;

  @Column('text', { nullable: true })
  source!: 'primary' | 'fallback' | null;

  /** The run that made it; null for what a user said. */
  @Column('uuid', { nullable: true })
  run_id!: string | null;

  @Column('jsonb')
  metadata!: Record<string, unknown>;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  completed_at!: Date | null;
}
