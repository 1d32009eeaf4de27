import { DEFAULT_BEHAVIOR } from './behavior/behavior.js';
import { readCommandLine } from './command-line.js';

const DEFAULTS = {
  host: '127.0.0.1',
  port: 8080,
  path: '/chat',
  controlPort: 8081,
  seed: 1,
  multiplex: true,
};

describe('the command line', () => {
  it.each([
    ['nothing', [], {}, {}, {}],
    ['a flag', ['--port', '9000'], {}, { port: 9000 }, {}],
    ['a flag with =', ['--host=::1'], {}, { host: '::1' }, {}],
    ['a variable', [], { MOCK_LLM_SERVICE_TIME_MS: '250' }, {}, { serviceTimeMs: 250 }],
    ['a flag over a variable', ['--port', '1'], { MOCK_LLM_PORT: '2' }, { port: 1 }, {}],
    ['an empty variable', [], { MOCK_LLM_PORT: '' }, {}, {}],
    [
      'switches',
      ['--stall', '--no-multiplex'],
      { MOCK_LLM_GREET: '1' },
      { multiplex: false },
      { stall: true, greet: true },
    ],
    ['a switch turned off', [], { MOCK_LLM_STALL: 'false' }, {}, { stall: false }],
    [
      'faults of order',
      ['--greet-answer', 'Welcome!', '--error-end', '--answer-at-ms', '30'],
      { MOCK_LLM_DUPLICATE_END_DELAY_MS: '5', MOCK_LLM_EMPTY_ANSWER: 'true' },
      {},
      {
        greetAnswer: 'Welcome!',
        errorEnd: true,
        answerAtMs: 30,
        duplicateEndDelayMs: 5,
        emptyAnswer: true,
      },
    ],
    ['fractions', ['--tokens-per-second', '12.5'], {}, {}, { tokensPerSecond: 12.5 }],
    [
      'words',
      ['--garbage', 'not-json', '--error-code', 'overloaded'],
      {},
      {},
      { garbage: 'not-json', errorCode: 'overloaded' },
    ],
  ])('reads %s', (_, args, env, server, behavior) => {
    expect(readCommandLine(args, env)).toEqual({
      kind: 'start',
      options: { ...DEFAULTS, ...server, behavior },
    });
  });

  it('omits the control port', () => {
    const command = readCommandLine(['--no-control'], {});
    expect(command.kind === 'start' && 'controlPort' in command.options).toBe(false);
  });

  it.each([
    [['--path', 'chat'], '--path: must be a path: /…'],
    [
      ['--close-code', '1004'],
      '--close-code: must be a close code: 1000–1003, 1005–1014 or 3000–4999; null: off',
    ],
    [['--after-tokens', '1.5'], '--after-tokens: must be a whole number, 0 to 10000000'],
    [['--tokens', ''], '--tokens: must be a whole number, 0 to 10000000; null: off'],
    [['-x'], '-x: no such flag'],
  ])('refuses %j', (args, mistake) => {
    expect(readCommandLine(args, {})).toEqual({ kind: 'mistakes', mistakes: [mistake] });
  });

  it('explains every behavior', () => {
    const command = readCommandLine(['--help', '--nonsense'], {});
    const text = command.kind === 'help' ? command.text : '';
    for (const name of Object.keys(DEFAULT_BEHAVIOR)) {
      expect(text).toContain(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    }
  });
});
