import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One try of a run against one endpoint. */
@Entity('attempts')
export class Attempt {
  @PrimaryColumn('uuid')
  run_id!: string;

  /** From 1, within the run. */
  @PrimaryColumn('integer')
  number!: number;

  @Column('text')
  route!: string;

  @Column('text')
  endpoint!: string;

  @Column('text')
  outcome!: 'succeeded' | 'failed' | 'cancelled';

  @Column('text', { nullable: true })
  error_code!: string | null;

  @Column('integer', { nullable: true })
  first_token_ms!: number | null;

  @Column('integer')
  duration_ms!: number;

  @Column('timestamptz')
  started_at!: Date;
}
