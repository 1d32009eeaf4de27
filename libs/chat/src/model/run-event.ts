import { ApiProperty } from '@nestjs/swagger';
import { Message } from './message.entity.js';
import { RunView } from './run.view.js';

/** The members that every event of a run has. */
abstract class RunEventBase {
  @ApiProperty({ format: 'uuid' })
  run_id!: string;

  @ApiProperty({ format: 'uuid', description: 'The message that the run generates' })
  message_id!: string;
}

/** The first event of a run. */
export class RunStartedEvent extends RunEventBase {
  @ApiProperty({ enum: ['run.started'] })
  type!: 'run.started';

  @ApiProperty({ type: RunView })
  run!: RunView;
}

/** The messages that were stored before the answer was generated. */
export class MessageCreatedEvent extends RunEventBase {
  @ApiProperty({ enum: ['message.created'] })
  type!: 'message.created';

  @ApiProperty({ type: Message, description: 'The message of the user' })
  message!: Message;

  @ApiProperty({ type: Message, description: 'The answer as it was when it was read' })
  reply!: Message;
}

/** A piece of the text of the answer. */
export class MessageDeltaEvent extends RunEventBase {
  @ApiProperty({ enum: ['message.delta'] })
  type!: 'message.delta';

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Where the piece begins, in UTF-16 code units' })
  offset!: number;

  @ApiProperty()
  delta!: string;
}

/** The text restarts: drop everything after the first `keep_chars` characters. */
export class RunRetryingEvent extends RunEventBase {
  @ApiProperty({ enum: ['run.retrying'] })
  type!: 'run.retrying';

  @ApiProperty({ type: 'integer' })
  attempt!: number;

  @ApiProperty({ description: 'The endpoint of the next attempt: its address for operators, else its label' })
  endpoint!: string;

  @ApiProperty({ description: 'The error code of the failed attempt, or server_restart' })
  reason!: string;

  @ApiProperty({ type: 'integer', minimum: 0 })
  keep_chars!: number;
}

const endTypes = ['message.completed', 'message.failed', 'message.cancelled', 'message.incomplete'] as const;

/** The answer has ended. */
export class MessageEndedEvent extends RunEventBase {
  @ApiProperty({ enum: endTypes })
  type!: (typeof endTypes)[number];

  @ApiProperty({ type: Message, description: 'The stored answer' })
  message!: Message;
}

/** The last event of a run. */
export class RunFinishedEvent extends RunEventBase {
  @ApiProperty({ enum: ['run.finished'] })
  type!: 'run.finished';

  @ApiProperty({ type: RunView })
  run!: RunView;
}

/** The schemas of all events of a run. */
export const runEventModels = [
  RunStartedEvent,
  MessageCreatedEvent,
  MessageDeltaEvent,
  RunRetryingEvent,
  MessageEndedEvent,
  RunFinishedEvent,
] as const;

/** The data of an event of a run: the only definition; the encoder, OpenAPI and `@parley/client` agree with it. */
export type RunEvent = InstanceType<(typeof runEventModels)[number]>;

/** The type of an event, which is also the name of the server-sent event. */
export type RunEventType = RunEvent['type'];

/** The members of an event of this type, without those that every event has. */
export type RunEventMembers<T extends RunEventType> = Omit<
  EventOfType<RunEvent, T>,
  'type' | keyof RunEventBase
>;

type EventOfType<E extends RunEvent, T extends RunEventType> = E extends RunEvent
  ? T extends E['type']
    ? E
    : never
  : never;
