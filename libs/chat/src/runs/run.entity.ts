import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type RunStatus } from '../messages/message.entity.js';

/** Why a run did not complete. */
export interface RunError {
  /** Stable, snake_case. */
  code: string;
  message: string;
  /** May the same turn succeed later? */
  retryable: boolean;
}

/** One generation of one assistant message. It outlives the request that asked for it. */
@Entity('runs')
export class Run {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  conversation_id!: string;

  @Column('uuid')
  message_id!: string;

  @Column('text')
  status!: RunStatus;

  @Column('jsonb', { nullable: true })
  error!: RunError | null;

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

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;
}
