import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What people talk in. Names are those of the table and of the API, so that nothing has to be translated. */
@Entity('conversations')
export class Conversation {
  @ApiProperty({ format: 'uuid' })
  @PrimaryColumn('uuid')
  id!: string;

  /** The name of the API key that it belongs to. */
  @Column('text')
  owner!: string;

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  title!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  @Column('jsonb')
  metadata!: object;

  /** The `seq` that the next message gets. */
  @Column('integer')
  next_seq!: number;

  /** The newest message; the parent of the next one. */
  @Column('uuid', { nullable: true })
  leaf_id!: string | null;

  /** The run that is generating an answer now. */
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
