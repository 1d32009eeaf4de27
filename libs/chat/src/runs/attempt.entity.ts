import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One try of a run against one endpoint. */
@Entity('attempts')
export class Attempt {
  @PrimaryColumn('uuid')
  run_id!: string;

  /** From 1, within the run. */
  @ApiProperty({ type: 'integer', minimum: 1 })
  @PrimaryColumn('integer')
  number!: number;

  @ApiProperty()
  @Column('text')
  route!: string;

  @ApiProperty()
  @Column('text')
  endpoint!: string;

  @ApiProperty({ enum: ['succeeded', 'failed', 'cancelled'] })
  @Column('text')
  outcome!: 'succeeded' | 'failed' | 'cancelled';

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  error_code!: string | null;

  @ApiProperty({ type: 'integer', nullable: true })
  @Column('integer', { nullable: true })
  first_token_ms!: number | null;

  @ApiProperty({ type: 'integer' })
  @Column('integer')
  duration_ms!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  @Column('timestamptz')
  started_at!: Date;
}
