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

  @ApiProperty({ description: 'May the same turn succeed later?' })
  retryable!: boolean;

  @ApiPropertyOptional({
    description: 'Seconds that the LLM servers want to be left alone, where they said so',
    minimum: 1,
  })
  retry_after?: number;
}

/** One generation of one assistant message. It outlives the request that asked for it. */
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

  /** In their order; none before it has ended. */
  @ApiProperty({ type: [AttemptView] })
  @Column('json')
  attempts!: AttemptView[];

  /** What it is generated from, beside the messages. */
  @Column('jsonb')
  request!: GenerationRequest;

  /** Grows with every change of hands; a write that names an older one does nothing. */
  @Column('integer')
  fence!: number;

  /** Until when its replica may be trusted to be alive; renewed while it is. */
  @Column('timestamptz', { nullable: true })
  lease_until!: Date | null;

  /** The attempt that the stored text came from; event ids name it. */
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
