import { MockLlm, type Behavior } from '#mock-llm';
import { ScriptedServer } from '#testing';
import { checkLlm } from './check-llm.js';
import { checked, containing } from './checked.js';

/** For servers whose late frames come after 300 ms. */
const untilLateFrames = { lateFrameMs: 600 };

/** Real: sockets. Mocked: LLM servers that send frames while no answer is expected. */
describe('npm run check-llm with frames that belong to no answer', () => {
  let mock: MockLlm | undefined;
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await mock?.stop();
    await server?.stop();
    mock = server = undefined;
  });

  /** A guide server that does not repeat request ids. */
  const at = async (behavior: Partial<Behavior>): Promise<string> => {
    mock = await MockLlm.start({
      multiplex: false,
      behavior: { tokens: 20, tokensPerSecond: 400, ...behavior },
    });
    return mock.url;
  };
  const serve = async (...args: Parameters<typeof ScriptedServer.start>): Promise<string> => {
    server = await ScriptedServer.start(...args);
    return server.url;
  };

  it.each([0, 60, 300])(
    'detects a greeting that reads as an answer, after %d ms',
    async (greetDelayMs) => {
      const { exitCode, findings, settings } = await checked(
        await at({ greetAnswer: 'Welcome! Ask me anything.', greetDelayMs }),
        {},
        [],
        untilLateFrames,
      );
      expect(findings.greeting).toMatchObject({
        verdict: 'differs',
        says: containing('read as an answer'),
        advice: containing('LLM_REUSE=never'),
        frames: ['{"response":"Welcome! Ask me anything."}'],
      });
      expect([exitCode, settings.LLM_REUSE]).toEqual([0, 'never']);
    },
    60_000,
  );

  it('accepts a greeting that does not read as an answer', async () => {
    const { findings, settings } = await checked(
      await at({ greet: true, greetDelayMs: 60 }),
      {},
      [],
      untilLateFrames,
    );
    expect(findings.greeting).toMatchObject({ verdict: 'works', says: containing('Parley ignores') });
    expect(settings).not.toHaveProperty('LLM_REUSE');
  }, 60_000);

  it.each<[string, Partial<Behavior>]>([
    ['the end again', { duplicateEnd: true }],
    ['the end again, later', { duplicateEnd: true, duplicateEndDelayMs: 300 }],
    ['a chunk after the end', { extraFrames: 1 }],
    ['a chunk after the end, later', { extraFrames: 1, extraFramesDelayMs: 300 }],
  ])(
    'detects %s',
    async (_, behavior) => {
      const { exitCode, findings, settings } = await checked(await at(behavior), {}, [], untilLateFrames);
      for (const check of ['streamed answer', 'plain answer']) {
        expect(findings[check]).toMatchObject({
          verdict: 'differs',
          says: containing('1 frame after the end of the answer'),
          advice: containing('LLM_REUSE=never'),
        });
      }
      expect([exitCode, settings.LLM_REUSE]).toEqual([0, 'never']);
    },
    60_000,
  );

  it.each([0, 300])(
    'detects an end %d ms after an error',
    async (delayMs) => {
      const url = await serve(({ message }, client) => {
        if (!JSON.stringify(message ?? '').includes('fail')) {
          client.send('{"response":"Hello.","done":true}');
          return;
        }
        client.send('{"error":true,"error_code":"overloaded"}');
        setTimeout(() => client.send('{"done":true}'), delayMs);
      });
      const { findings, settings } = await checked(url, {}, [], untilLateFrames);
      expect(findings['after an error']).toMatchObject({
        verdict: 'differs',
        says: containing('1 frame after the error overloaded'),
        advice: containing('LLM_REUSE=never'),
        frames: ['{"done":true}'],
      });
      expect(settings.LLM_REUSE).toBe('never');
    },
    60_000,
  );

  it('detects an end after the error of an invalid frame, and of a server that only responds with errors', async () => {
    const url = await serve((frame, client) => {
      if (frame.$ === undefined) client.send('{"response":"Hello.","done":true}');
      else for (const text of ['{"error":"no JSON"}', '{"done":true}']) client.send(text);
    });
    const { findings } = await checked(url);
    expect(findings['after an error']).toMatchObject({ verdict: 'differs', advice: containing('LLM_REUSE') });
    const broken = await checked(
      await at({ errorCode: 'overloaded', errorEnd: true, errorEndDelayMs: 300 }),
      {},
      [],
      untilLateFrames,
    );
    expect(broken.exitCode).toBe(1);
    expect(broken.findings['after an error']).toMatchObject({ verdict: 'differs' });
  }, 60_000);

  it('accepts a server that sends nothing after an error', async () => {
    const url = await serve(({ message }, client) => {
      const fails = JSON.stringify(message ?? 'fail').includes('fail');
      client.send(fails ? '{"error":"failed","error_code":"odd"}' : '{"response":"Hello.","done":true}');
    });
    const { findings } = await checked(url);
    expect(findings['after an error']).toMatchObject({ verdict: 'works', says: containing('error odd') });
  }, 60_000);

  it('reports if no request causes an error', async () => {
    const { findings } = await checked(
      await serve((_, client) => client.send('{"response":"Hi.","done":true}')),
    );
    expect(findings['after an error']).toMatchObject({ verdict: 'note', says: containing('is unknown') });
  }, 60_000);

  it.each([
    ['retry', 'fails', 1],
    ['accept', 'note', 0],
  ])(
    'detects answers without text, LLM_EMPTY_ANSWER=%s',
    async (setting, verdict, code) => {
      const { exitCode, findings } = await checked(await at({ emptyAnswer: true }), {
        LLM_EMPTY_ANSWER: setting,
      });
      expect(findings['streamed answer']).toMatchObject({ verdict, says: containing('no text') });
      expect(findings['plain answer']).toMatchObject({ verdict });
      if (verdict === 'fails') {
        expect(findings['plain answer']!.advice).toContain('LLM_EMPTY_ANSWER=accept');
      }
      expect(exitCode).toBe(code);
    },
    60_000,
  );

  it('distinguishes an answer without text because of the token limit', async () => {
    const { exitCode, findings } = await checked(await at({ emptyAnswer: true, finishReason: 'length' }));
    expect(findings['plain answer']).toMatchObject({
      verdict: 'differs',
      advice: containing('LLM_MAX_TOKENS'),
    });
    expect(exitCode).toBe(0);
  }, 60_000);

  it('accepts late frames with the id of their request', async () => {
    mock = await MockLlm.start({ behavior: { tokens: 20, duplicateEnd: true, duplicateEndDelayMs: 300 } });
    const { findings, settings } = await checked(mock.url);
    expect(findings['streamed answer']).toMatchObject({ verdict: 'works' });
    expect(settings).not.toHaveProperty('LLM_REUSE');
  }, 60_000);

  it.each([
    ['never', 'works', 0],
    ['always', 'fails', 1],
  ])(
    'judges by LLM_REUSE=%s',
    async (setting, verdict, code) => {
      const { exitCode, findings } = await checked(await at({ duplicateEnd: true }), { LLM_REUSE: setting });
      expect(findings['plain answer']).toMatchObject({ verdict });
      expect(exitCode).toBe(code);
    },
    60_000,
  );

  it('fails with --strict if something differs, and gives advice', async () => {
    const { exitCode, out } = await checkLlm([await at({ duplicateEnd: true }), '--strict']);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/! streamed answer .*\n.*→ Set LLM_REUSE=never/);
    expect(out).toContain('* LLM_REUSE=never');
    expect(out).not.toContain('0 different');
  }, 60_000);
});
