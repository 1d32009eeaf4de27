/** What the errors of this room have in common: a stable `code`, and that trying again later can help. */
abstract class CapacityError extends Error {
  abstract readonly code: string;
  readonly retryable = true;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** As many large responses of one owner are under way as may be, and none ended while this one waited. */
export class OwnerMemoryError extends CapacityError {
  readonly code = 'too_many_large_responses';

  constructor(readonly maxBytes: number) {
    super(`Large responses of this owner already hold ${maxBytes} bytes.`);
  }
}

/** As many large responses of all owners are under way as may be, and none ended while this one waited. */
export class ProcessMemoryError extends CapacityError {
  readonly code = 'response_memory_full';

  constructor(readonly maxBytes: number) {
    super(`Large responses already hold ${maxBytes} bytes.`);
  }
}

/** One owner has as many event streams open as it may. */
export class OwnerStreamsError extends CapacityError {
  readonly code = 'too_many_streams';

  constructor(readonly maxStreams: number) {
    super(`This owner has ${maxStreams} event streams open.`);
  }
}

/** All owners together have as many event streams open as this process may. */
export class ProcessStreamsError extends CapacityError {
  readonly code = 'stream_capacity_reached';

  constructor(readonly maxStreams: number) {
    super(`${maxStreams} event streams are open.`);
  }
}

/** As many HTTP connections are open as this process may have. */
export class ConnectionsError extends CapacityError {
  readonly code = 'connection_capacity_reached';

  constructor(readonly maxConnections: number) {
    super(`More than ${maxConnections} connections are open.`);
  }
}
