import { type ContentFacts } from '../probe/facts.js';
import { judgeContent } from './content.js';

const word = 'bafigukalomi';
const facts = (counted: string, repeated: string): ContentFacts => ({
  counted: { question: 'Count from one to twenty, in words.', text: counted },
  repeated: { question: `Repeat this, exactly as it is:\n"${word}"`, text: repeated },
  word,
  isMarked: false,
});

describe('judgeContent', () => {
  it.each<[string, string, string, string]>([
    ['a server that does what it is asked', 'One, two, three, four.', `"${word}"`, 'works'],
    ['a server that counts in digits', '1, 2, 3, 4, 5', `${word.toUpperCase()}!`, 'works'],
    ['a server that counts in another language', '一，二，三，四', word, 'works'],
    ['a model that only repeats', 'I would rather not.', `Sure: ${word}`, 'works'],
    [
      'an echo',
      "You said 'Count from one to twenty, in words.'",
      `You said 'Repeat this, exactly as it is:\\n"${word}"'`,
      'note',
    ],
    ['a stub that always counts', 'One, two, three.', 'One, two, three.', 'note'],
    ['the same refusal', 'Forbidden', 'Forbidden', 'fails'],
    [
      'the same refusal with an id',
      'Request 8f3a-11e2-99aa refused.',
      'Request 77bc-0042-dd01 refused.',
      'fails',
    ],
    ['the same text with a counter', 'Message 1 was received', 'Message 2 was received', 'fails'],
    ['the same text that is no refusal', 'Hello.', 'Hello!', 'fails'],
    [
      'refusals in other words',
      'Unknown command: count.',
      'Invalid request near the quotation mark.',
      'fails',
    ],
    ['answers that fit nothing', 'The weather is fine.', 'I like trains.', 'differs'],
  ])('judges %s', (_, counted, repeated, verdict) => {
    expect(judgeContent(facts(counted, repeated)).verdict).toBe(verdict);
  });

  it('takes the same text for that of a stub if it has the marks of an answer', () => {
    const stub = { ...facts('ab', 'ab'), isMarked: true };
    expect(judgeContent(stub)).toMatchObject({
      verdict: 'note',
      says: expect.stringContaining('same answer'),
    });
    expect(judgeContent({ ...facts('Access denied', 'Access denied'), isMarked: true }).verdict).toBe(
      'fails',
    );
  });

  it('quotes what came, and is no judgement without two answers', () => {
    expect(judgeContent(facts('Forbidden', 'Forbidden')).says).toContain('“Forbidden”');
    expect(judgeContent(facts('x'.repeat(500), 'Sunny.')).says.length).toBeLessThan(600);
    expect(judgeContent(undefined).verdict).toBe('note');
  });
});
