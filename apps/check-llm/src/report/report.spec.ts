import { type Finding, type Verdict } from '../judge/finding.js';
import { exchangeOf } from '../testing/raw-exchanges.js';
import { jsonText } from './json.js';
import { exitCodeOf, type Recognized, type Report } from './report.js';
import { findingText, headText, tailText } from './text.js';

const finding = (verdict: Verdict): Finding => ({ check: 'ping', verdict, says: 'It says so.' });
const report = (changes: Partial<Report> = {}): Report => ({
  server: 'ws://server/',
  protocol: 'guide',
  model: 'm',
  findings: [finding('works')],
  recognized: undefined,
  measured: undefined,
  settings: [],
  ...changes,
});
const recognized: Recognized = {
  speaks: undefined,
  draft: undefined,
  draftFile: undefined,
  noDraftReason: undefined,
  closestProtocol: undefined,
  sign: undefined,
  isSilent: false,
  paths: [],
  exchange: undefined,
};
const measured = {
  connectMs: 20.04,
  firstTokenMs: 100,
  tokensPerSecond: 12.34,
  isEstimated: true,
  longestGapMs: undefined,
  answerMs: 12_345,
  pingMs: 1,
};

describe('exitCodeOf', () => {
  it.each<[Verdict[], boolean, number]>([
    [['works', 'note'], true, 0],
    [['works', 'differs'], false, 0],
    [['works', 'differs'], true, 1],
    [['works', 'fails'], false, 1],
  ])('%j, strict: %s: %i', (verdicts, isStrict, code) => {
    expect(exitCodeOf({ findings: verdicts.map(finding) }, isStrict)).toBe(code);
  });
});

describe('the report of a server that could not be recognized', () => {
  const texts = (changes: Partial<Recognized>) =>
    tailText(report({ recognized: { ...recognized, noDraftReason: 'it did not work', ...changes } }));

  it('names the protocol that the frames show, rather than the closest one', () => {
    const closest = { name: 'nearest', understood: 1, frames: 2 };
    const text = texts({ sign: { name: 'Socket.IO', advice: 'Do this.' }, closestProtocol: closest });
    expect(text).toContain('It speaks Socket.IO. Do this.');
    expect(text).not.toContain('nearest');
  });

  it('asks for --send if the server stays silent, and names other paths', () => {
    expect(texts({ isSilent: true })).toContain('give one with --send');
    expect(texts({ paths: ['ws://server/ws'] })).toContain('npm run check-llm -- ws://server/ws');
  });
});

describe('the report as text', () => {
  it('begins with server, protocol and model', () => {
    expect(headText(report())).toBe('Checking ws://server/ (protocol guide, model m)\n\n');
  });

  it('shows a finding with advice and shortened frames', () => {
    const frames = ['{\n  "a": 1\n}', 'x'.repeat(301)];
    const text = findingText({ ...finding('differs'), advice: 'Do it.', frames });
    expect(text.split('\n')).toEqual([
      '  ! ping               It says so.',
      '                       → Do it.',
      '                       ← { "a": 1 }',
      `                       ← ${'x'.repeat(300)}… (301 characters)`,
      '',
    ]);
  });

  it('ends with the result', () => {
    const findings = (['works', 'note', 'differs'] as const).map(finding);
    expect(tailText(report({ findings }))).toBe(
      '\nParley can work with this server. 2 as it should be, 1 different, 0 failed.\n',
    );
    expect(tailText(report({ findings: [finding('fails')] }))).toContain('cannot work with this server');
  });

  it('lists measurements, without unknown ones', () => {
    const text = tailText(report({ measured }));
    expect(text).toContain('  to connect               20 ms\n');
    expect(text).toContain('  to the end of an answer  12.3 s\n');
    expect(text).toContain('  tokens per second        12 (estimated: four characters per token)\n');
    expect(text).not.toContain('between two pieces');
  });

  it('marks settings that should change', () => {
    const settings = [
      { name: 'LLM_REUSE', value: 'never', now: 'settled', why: 'frames' },
      { name: 'LLM_TIMEOUT', value: '60', now: '60', why: 'time' },
    ];
    const text = tailText(report({ settings }));
    expect(text).toContain('  * LLM_REUSE=never  frames, now settled\n');
    expect(text).toContain('    LLM_TIMEOUT=60   time\n');
  });

  it('names a known protocol', () => {
    const text = tailText(report({ recognized: { ...recognized, speaks: 'typed-events' } }));
    expect(text).toContain('Set LLM_PROTOCOL=typed-events.');
  });

  it('shows a draft with the first and the last frames that led to it', () => {
    const exchange = exchangeOf(
      Array.from({ length: 14 }, (_, index) => `piece ${index}`),
      { greeting: ['hello'], closeCode: 1000, closeReason: 'bye' },
    );
    const text = tailText(report({ recognized: { ...recognized, draft: 'name: drafted\n', exchange } }));
    expect(text).toContain('  ← hello\n  → {"ask":"{{prompt}}","tag":"{{id}}"}\n  ← piece 0\n');
    expect(text).toContain('  ← piece 7\n  ← (3 more)\n  ← piece 11\n');
    expect(text).toContain('  ← (closed: 1000 bye)\n');
    expect(text).toContain(
      '  name: drafted\n\nComplete it, then: npm run check-llm -- ws://server/ --protocol FILE\n',
    );
  });

  it('gives the reason without a draft, and the closest protocol', () => {
    const closestProtocol = { name: 'guide', understood: 1, frames: 4 };
    const text = tailText(
      report({ recognized: { ...recognized, noDraftReason: 'it is odd', closestProtocol } }),
    );
    expect(text).toContain('No description could be drafted: it is odd.\n');
    expect(text).toContain('The closest protocol is guide: it understands 1 of 4 frames.\n');
  });
});

describe('the report as JSON', () => {
  it('has null for everything unknown', () => {
    expect(JSON.parse(jsonText(report(), 0))).toEqual({
      server: 'ws://server/',
      protocol: 'guide',
      model: 'm',
      works: true,
      findings: [{ check: 'ping', verdict: 'works', says: 'It says so.' }],
      measured: null,
      settings: [],
      recognised: null,
    });
  });

  it('keeps the names of its fields', () => {
    const exchange = exchangeOf(['a']);
    const found = { ...recognized, draft: 'name: x', noDraftReason: undefined, exchange };
    expect(JSON.parse(jsonText(report({ measured, recognized: found }), 1))).toMatchObject({
      works: false,
      measured: {
        connect_ms: 20,
        first_token_ms: 100,
        answer_ms: 12_345,
        longest_gap_ms: null,
        ping_ms: 1,
        tokens_per_second: 12.3,
        tokens_are_estimated: true,
      },
      recognised: {
        protocol: null,
        draft: 'name: x',
        draft_file: null,
        lacks: null,
        nearest: null,
        sent: exchange.request,
        heard: ['a'],
      },
    });
  });
});
