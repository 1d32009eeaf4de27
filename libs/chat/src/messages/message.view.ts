import { type Message } from './message.entity.js';

/** A message as lists show it. */
export type ListedMessage = Message & {
  /** The messages with the same parent, in the order of `seq`, itself included: the ways that the conversation went here. */
  sibling_ids: string[];
};
