import { type HandshakeBehavior } from '../behavior/behavior.js';
import { type Action, delayed } from './action.js';

/** The frames for a new client, before its first request. Pure. */
export function greetingActions({
  greet,
  greetAnswer,
  greetDelayMs,
}: Pick<HandshakeBehavior, 'greet' | 'greetAnswer' | 'greetDelayMs'>): readonly Action[] {
  const frames = [
    ...(greet ? [{ type: 'welcome', message: 'Welcome to the mock LLM.' }] : []),
    ...(greetAnswer === null ? [] : [{ response: greetAnswer }]),
  ];
  return delayed(
    greetDelayMs,
    frames.map((frame): Action => ({ kind: 'text', data: JSON.stringify(frame) })),
  );
}
