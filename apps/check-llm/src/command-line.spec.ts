import { readCommandLine } from './command-line.js';

const defaults = {
  address: undefined,
  protocol: undefined,
  model: undefined,
  route: undefined,
  idle: 0,
  send: undefined,
  draft: undefined,
  json: false,
  strict: false,
};

describe('readCommandLine', () => {
  it.each<[string[], object]>([
    [[], {}],
    [['ws://x/', '--json', '--strict'], { address: 'ws://x/', json: true, strict: true }],
    [['--protocol', 'p.yaml', '--model=m', '--route', 'r'], { protocol: 'p.yaml', model: 'm', route: 'r' }],
    [['--idle'], { idle: 60 }],
    [['--idle', '--idle-seconds', '5'], { idle: 5 }],
    [['--send', '{"ask":"{{prompt}}"}'], { send: { ask: '{{prompt}}' } }],
    [['--send', '{{prompt}}', '--draft', 'd.yaml'], { send: '{{prompt}}', draft: 'd.yaml' }],
  ])('%j', (args, changes) => {
    expect(readCommandLine(args)).toEqual({ kind: 'check', options: { ...defaults, ...changes } });
  });

  it('takes a list of frames, and bare text with JSON in it', () => {
    const list = [{ type: 'auth', key: '{{api_key}}' }, { ask: '{{prompt}}' }];
    expect(readCommandLine(['--send', JSON.stringify(list)])).toMatchObject({ options: { send: list } });
    const text = 'chat {"message":"{{prompt}}"}';
    expect(readCommandLine(['--send', text])).toMatchObject({ options: { send: text } });
  });

  it.each([
    ['{"ask":"hello"}', 'must contain {{prompt}}'],
    ['{"ask":"{{prompt}}","to":"{{nobody}}"}', 'that is not known here'],
  ])('refuses --send %s', (frame, why) => {
    const command = readCommandLine(['--send', frame]);
    expect(command).toMatchObject({ kind: 'mistakes', mistakes: [expect.stringContaining(why)] });
  });

  it('reports every mistake', () => {
    const args = ['ws://a/', 'ws://b/', '--nothing', '--json=yes', '--idle-seconds', '9999', '--model'];
    expect(readCommandLine(args)).toEqual({
      kind: 'mistakes',
      mistakes: [
        '--nothing: no such flag',
        '--json: takes no value',
        '--model: needs a value',
        'there must be at most one address',
        '--idle-seconds: must be a number from 0 to 3600',
      ],
    });
  });

  it.each(['--help', '-h'])('%s explains every option', (flag) => {
    const command = readCommandLine([flag, '--nonsense']);
    expect(command).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('--idle-seconds') as string,
    });
  });
});
