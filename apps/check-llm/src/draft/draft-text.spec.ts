import { parse } from 'yaml';
import { guideProtocol, protocolNamed, type ProtocolDescription } from '#llm';
import { type MemoryFacts } from '../probe/facts.js';
import { closestProtocol } from './closest-protocol.js';
import { draftText } from './draft-text.js';

const description: ProtocolDescription = { name: 'drafted', request: { send: '{{prompt}}' } };
const memory: MemoryFacts = {
  isKnown: false,
  isKnownElsewhere: false,
  canRecall: true,
  differsWhenUsed: false,
};

describe('draftText', () => {
  it('is the description in YAML, with the path of the schema', () => {
    const text = draftText(description, '../schema.json', memory);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\.json\n/);
    expect(parse(text)).toEqual(description);
  });

  it.each<[string, ProtocolDescription['connection'], MemoryFacts | undefined, RegExp | undefined]>([
    ['pool', undefined, memory, /# Conversations share connections/],
    ['memory', { reuse: 'conversation' }, { ...memory, isKnown: true }, /# The server remembers/],
    [
      'a changed answer',
      { reuse: 'conversation' },
      { ...memory, differsWhenUsed: true },
      /# The server remembers/,
    ],
    ['an unknown memory', { reuse: 'conversation' }, undefined, /# It could not be tested/],
  ])('explains reuse: %s', (_, connection, facts, remark) => {
    const text = draftText({ ...description, ...(connection && { connection }) }, 's', facts);
    expect(text).toMatch(remark!);
  });

  it('needs no explanation for one answer per connection', () => {
    const text = draftText({ ...description, connection: { reuse: 'answer' } }, 's', undefined);
    expect(text).not.toMatch(/remembers|share|tested/);
  });
});

describe('closestProtocol', () => {
  const protocols = [guideProtocol, protocolNamed('typed-events')!].map((protocol) => ({
    name: protocol.name,
    protocol,
  }));

  it('is the protocol that understands most frames', () => {
    const frames = ['{"type":"token","content":"a"}', '{"type":"done"}', '{"response":"a"}'];
    expect(closestProtocol(frames, protocols)).toEqual({ name: 'typed-events', understood: 2, frames: 3 });
  });

  it('is undefined if no frame is understood', () => {
    expect(closestProtocol(['<html>', '{"x":1}'], protocols)).toBeUndefined();
  });
});
