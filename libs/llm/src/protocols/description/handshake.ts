import { type ProtocolContext } from '../protocol-context.js';
import { type Handshake, type Learned, type LlmProtocol } from '../protocol.js';
import { type ReadEvent } from './answer-rules.js';
import { compileWhen, type Condition } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { compileLearn } from './exchange-rules.js';
import { type ReadFrame } from './frame-reader.js';
import { type Location } from './mistakes.js';
import { type ConnectionValues } from './placeholders.js';
import { compileFrames, type Placeholders } from './template.js';

interface Step {
  send?: (values: ConnectionValues) => string | readonly string[];
  expect?: { holds: Condition; learned: (frame: unknown) => Learned | undefined };
}

/**
 * Compiles the handshake. Frames that do not match an expected one are ignored, unless they are an error.
 */
export function compileHandshake(
  { handshake }: ProtocolDescription,
  location: Location,
  known: Placeholders<ConnectionValues>,
  readFrame: ReadFrame,
  errorIn: ReadEvent,
): LlmProtocol['handshake'] {
  if (handshake === undefined) return undefined;
  const steps = handshake.map((step, index): Step => {
    const at = location.at(index);
    if ('send' in step === 'expect' in step) at.report('must have either send or expect');
    if ('send' in step) return { send: compileFrames(step.send, at.at('send'), known) };
    return {
      expect: {
        holds: compileWhen(step.expect, at.at('expect')),
        learned: compileLearn(step.learn, at.at('learn')),
      },
    };
  });
  return (context) => run(steps, context, readFrame, errorIn);
}

function* run(
  steps: readonly Step[],
  context: ProtocolContext,
  readFrame: ReadFrame,
  errorIn: ReadEvent,
): Handshake {
  let learned: Learned = context.learned ?? {};
  let unsent: string[] = [];
  for (const { send, expect } of steps) {
    if (send !== undefined) unsent.push(...[send({ context: { ...context, learned } })].flat());
    while (expect !== undefined) {
      const frame = readFrame(yield unsent);
      unsent = [];
      const error = errorIn(frame);
      if (error?.type === 'error' && error.reach !== 'nobody') throw error.error;
      if (!expect.holds(frame)) continue;
      learned = { ...learned, ...expect.learned(frame) };
      break;
    }
  }
  return { learned, send: unsent };
}
