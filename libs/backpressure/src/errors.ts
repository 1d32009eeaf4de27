/** Base class of the errors of this module, all of which are retryable. */
abstract class CapacityError extends Error {
  abstract readonly code: string;
  readonly retryable = true;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The large responses of one owner use its share of the memory, and no memory was released in time. */
export class OwnerMemoryError extends CapacityError {
  readonly code = 'too_many_large_responses';

  constructor(readonly maxBytes: number) {
    super(`Large responses of this owner already hold ${maxBytes} bytes.`);
  }
}

/** The large responses of all owners use all of the memory, and none was released in time. */
export class ProcessMemoryError extends CapacityError {
  readonly code = 'response_memory_full';

  constructor(readonly maxBytes: number) {
    super(`Large responses already hold ${maxBytes} bytes.`);
  }
}

/** An owner has reached its limit of open event streams. */
export class OwnerStreamsError extends CapacityError {
  readonly code = 'too_many_streams';

  constructor(readonly maxStreams: number) {
    super(`This owner has ${maxStreams} event streams open.`);
  }
}

/** The process has reached its limit of open event streams. */
export class ProcessStreamsError extends CapacityError {
  readonly code = 'stream_capacity_reached';

  constructor(readonly maxStreams: number) {
    super(`${maxStreams} event streams are open.`);
  }
}

/** The process has reached its limit of open HTTP connections. */
export class ConnectionsError extends CapacityError {
  readonly code = 'connection_capacity_reached';

  constructor(readonly maxConnections: number) {
    super(`More than ${maxConnections} connections are open.`);
  }
}
