/** What an import may leave out, and how the report describes it. */
export const leftOutKinds = {
  system_message: 'System prompts: Parley sends its own',
  tool_message: 'Calls of tools, and their results',
  reasoning: 'Reasoning of models',
  hidden_message: 'Messages that the other program did not show, such as custom instructions',
  attachment: 'Images, files and audio',
  citation: 'Marks of citations inside texts',
  empty_message: 'Messages without text',
  too_long_message: 'Messages longer than 16 MiB',
  invalid_message: 'Entries that are not messages of the user or the assistant',
  unreachable_message: 'Messages whose parents form a cycle',
  duplicate_message: 'Messages whose id occurs twice in a conversation',
  invalid_character: 'Messages in which characters that PostgreSQL cannot store were replaced',
  empty_conversation: 'Conversations without messages',
} as const;

/** A kind of part that an import left out. */
export type LeftOutKind = keyof typeof leftOutKinds;

/** Counts what an import leaves out. */
export class LeftOut {
  readonly #counts = new Map<LeftOutKind, number>();

  /** Counts one more part of a kind. */
  add(kind: LeftOutKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** The kinds that occurred, in the order of {@link leftOutKinds}. */
  report(): { kind: LeftOutKind; count: number; description: string }[] {
    const kinds = Object.keys(leftOutKinds) as LeftOutKind[];
    return kinds.flatMap((kind) => {
      const count = this.#counts.get(kind);
      return count === undefined ? [] : [{ kind, count, description: leftOutKinds[kind] }];
    });
  }
}
