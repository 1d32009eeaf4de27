import { ChatObserver } from '#chat';
import { LlmClient } from '#llm';
import { MockLlm } from '#mock-llm';
import { EventLog } from './event-log.js';
import { Logger } from './logger.js';

/** Records log lines instead of writing them. */
class RecordingLogger extends Logger {
  readonly lines: { level: string; message: string; fields: object }[] = [];

  constructor() {
    super({ level: 'debug', format: 'json' }, true);
  }

  override event(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object): void {
    this.lines.push({ level, message, fields });
  }
}

/** Uses the real client with a mock LLM server. */
describe('EventLog', () => {
  it('logs each failed LLM attempt with run, endpoint and reason', async () => {
    const mock = await MockLlm.start();
    const client = new LlmClient({
      routes: [
        {
          name: 'primary',
          endpoints: [mock.url],
          model: 'm',
          credentials: { apiVersion: 'v1', clientId: 'c' },
        },
      ],
      retry: { baseMs: 1 },
    });
    const log = new RecordingLogger();
    new EventLog(client, new ChatObserver(), log);

    mock.behaveOnce({ errorCode: 'overloaded', errorMessage: 'not now' });
    mock.behaveOnce({ cut: 'reset' });
    await client.complete({ message: 'hi', stream: false }, { label: 'run-1' });
    const abandoned = client.stream({ message: 'hi', stream: true }, { label: 'run-2' });
    await abandoned.next();
    await abandoned.return();
    client.close();
    await mock.stop();

    const failed = (attempt: object) => ({
      level: 'warn',
      message: 'LLM attempt failed',
      fields: { run_id: 'run-1', attempt: { route: 'primary', endpoint: mock.url, ...attempt } },
    });
    const attempts = log.lines.filter(({ level }) => level !== 'debug');
    expect(attempts).toMatchObject([
      failed({ number: 1, errorCode: 'overloaded', errorMessage: 'not now' }),
      failed({ number: 2, errorCode: 'connection_closed' }),
    ]);
  });
});
