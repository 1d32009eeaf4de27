import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `conversations`. The names of the fields are those of the columns and of the API. */
@Entity('conversations')
export class Conversation {
  @ApiProperty({ format: 'uuid' })
  @PrimaryColumn('uuid')
  id!: string;

  /** The name of the API key that it belongs to; `local` with `AUTH=none`. */
  @Column('text')
  owner!: string;

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  title!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  @Column('jsonb')
  metadata!: object;

  /** The `seq` of the next message. */
  @Column('integer')
  next_seq!: number;

  /** The newest message, which is the parent of the next one by default. */
  @Column('uuid', { nullable: true })
  leaf_id!: string | null;

  /** The run that is generating an answer. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Column('uuid', { nullable: true })
  active_run_id!: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  @Column('timestamptz')
  created_at!: Date;

  /** When the newest turn began. */
  @ApiProperty({ type: String, format: 'date-time' })
  @Column('timestamptz')
  updated_at!: Date;
}
