import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AttemptView } from './attempt.view.js';
import { type GenerationRequest } from './generation-request.js';
import { type RunStatus, runStatuses } from './message.entity.js';

/** Why a run did not complete. */
export class RunError {
  @ApiProperty({ description: 'Stable, snake_case' })
  code!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({ description: 'Whether the same turn may succeed later' })
  retryable!: boolean;

  @ApiPropertyOptional({
    description: 'Seconds to wait before the next try, if the LLM servers asked for that',
    minimum: 1,
  })
  retry_after?: number;
}

/** A row of `runs`: the generation of one assistant message. A run does not end with the request that began it. */
@Entity('runs')
export class Run {
  @ApiProperty({ format: 'uuid' })
  @PrimaryColumn('uuid')
  id!: string;

  @ApiProperty({ format: 'uuid' })
  @Column('uuid')
  conversation_id!: string;

  @ApiProperty({ format: 'uuid' })
  @Column('uuid')
  message_id!: string;

  @ApiProperty({ enum: runStatuses })
  @Column('text')
  status!: RunStatus;

  @ApiProperty({ type: RunError, nullable: true })
  @Column('jsonb', { nullable: true })
  error!: RunError | null;

  /** In order; empty until the run has ended. */
  @ApiProperty({ type: [AttemptView] })
  @Column('json')
  attempts!: AttemptView[];

  /** The request that it is generated from, besides the messages. */
  @Column('jsonb')
  request!: GenerationRequest;

  /** The fencing token. Each claim increments it; a write with an older one has no effect. */
  @Column('integer')
  fence!: number;

  /** The end of the lease: afterwards other replicas may claim the run. Null once it has ended. */
  @Column('timestamptz', { nullable: true })
  lease_until!: Date | null;

  /** The attempt that the stored text came from; it is part of event ids. */
  @Column('integer')
  text_attempt!: number;

  @Column('timestamptz', { nullable: true })
  cancel_requested_at!: Date | null;

  @ApiProperty({ type: String, format: 'date-time' })
  @Column('timestamptz')
  created_at!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;
}
