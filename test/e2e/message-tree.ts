import { type Json, type Stack } from '../harness/stack.js';

/** A message in the model and in lists. */
export interface Said extends Json {
  id: string;
  parent_id: string | null;
  seq: number;
  role: 'user' | 'assistant';
  content: string;
  sibling_ids: string[];
}

/** One step in a conversation. A number selects a message by age, modulo the number of messages. */
export type Step =
  | { do: 'send' }
  | { do: 'send after'; place: number }
  | { do: 'start a branch' }
  | { do: 'answer again'; place: number };

/** A model of a conversation: the expected messages after some steps, in order. */
export class MessageTree {
  readonly messages: Said[] = [];
  readonly #path: string;
  readonly #stack: Stack;

  constructor(
    stack: Stack,
    readonly conversationId: string,
  ) {
    this.#stack = stack;
    this.#path = `/api/conversations/${conversationId}/messages`;
  }

  /**
   * Carries out a step, and records what the conversation must contain after it. Returns what was sent to the LLM, as one
   * text: messages of one role in a row are sent as one.
   */
  async take(step: Step): Promise<{ sent: string; expected: string }> {
    const parentId = this.#parentOf(step);
    const answer =
      step.do === 'answer again'
        ? await this.#stack.call<{ message: Said; reply: Said }>(
            'POST',
            `/api/messages/${this.#at(step.place).id}/regenerate`,
            {},
          )
        : await this.#stack.call<{ message: Said; reply: Said }>('POST', this.#path, {
            content: `number ${this.messages.length}`,
            ...(step.do === 'send' ? {} : { parent_id: parentId }),
          });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    const { message, reply } = answer.body;
    const isNew = step.do !== 'answer again';
    if (isNew) this.messages.push({ ...message, parent_id: parentId });
    this.messages.push({ ...reply, parent_id: isNew ? message.id : parentId });
    this.messages.forEach((said, index) => (said.seq = index + 1));
    const frame = this.#stack.mock.requests.at(-1)!.frame as {
      message: string;
      metadata: { session_context: { messages?: { content: string }[] } };
    };
    const earlier = frame.metadata.session_context.messages ?? [];
    return {
      sent: [...earlier.map(({ content }) => content), frame.message].join('\n\n'),
      expected: this.branch(message.id)
        .map(({ content }) => content)
        .join('\n\n'),
    };
  }

  find(id: string): Said {
    return this.messages.find((said) => said.id === id)!;
  }

  /** The branch that ends with a message, from the first message on. */
  branch(id: string): Said[] {
    const said = this.find(id);
    return said.parent_id === null ? [said] : [...this.branch(said.parent_id), said];
  }

  /** The newest message whose branch contains a message. */
  newestThrough(id: string): Said {
    return this.messages.findLast((said) => this.branch(said.id).some((passed) => passed.id === id))!;
  }

  siblings({ parent_id }: Said): string[] {
    return this.messages.filter((said) => said.parent_id === parent_id).map(({ id }) => id);
  }

  #at(place: number): Said {
    return this.messages[place % this.messages.length]!;
  }

  #parentOf(step: Step): string | null {
    if (step.do === 'send') return this.messages.at(-1)?.id ?? null;
    if (step.do === 'start a branch') return null;
    const said = this.#at(step.place);
    return step.do === 'send after' || said.role === 'user' ? said.id : said.parent_id;
  }
}
