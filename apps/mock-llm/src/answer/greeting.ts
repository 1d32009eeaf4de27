import { type HandshakeBehavior } from '../behavior/behavior.js';
import { type Act, later } from './act.js';

/** What is sent to a new client before it asks anything. Pure. */
export function greetingActs({
  greet,
  greetAnswer,
  greetDelayMs,
}: Pick<HandshakeBehavior, 'greet' | 'greetAnswer' | 'greetDelayMs'>): readonly Act[] {
  const frames = [
    ...(greet ? [{ type: 'welcome', message: 'Welcome to the mock LLM.' }] : []),
    ...(greetAnswer === null ? [] : [{ response: greetAnswer }]),
  ];
  return later(
    greetDelayMs,
    frames.map((frame): Act => ({ kind: 'text', data: JSON.stringify(frame) })),
  );
}
