import { FaultProxy } from '../faults/fault-proxy.js';
import { describePage } from './describe-page.js';
import { slow, words } from './replies.js';

const lost = 'The connection was lost. Trying to reach the answer again …';
const portOf = (url: string): number => Number(new URL(url).port);

describePage('its connection', (bench) => {
  let proxy: FaultProxy;

  beforeEach(async () => {
    proxy = await FaultProxy.start(portOf(bench.stack.url));
  });
  afterEach(() => proxy.stop());

  it('may be new: a reload in mid-answer goes on where it was', async () => {
    const { stack, tab } = bench;
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    await tab.page.reload();
    await tab.shows('word3');
    expect(stack.mock.requests[0]!.outcome).toBe('pending');
    await tab.hasAnswers(1);
    await tab.hasAnswerTexts([words(120)]);
    expect(stack.mock.requests).toHaveLength(1);
  });

  it('may be cut in mid-answer, and be found again at another replica', async () => {
    const { stack } = bench;
    const replica = await stack.replica();
    const tab = await bench.open(`http://127.0.0.1:${proxy.port}`);
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    proxy.target = portOf(replica.url);
    await proxy.behave({ kind: 'refuse' });
    await tab.shows(lost);
    expect(await tab.violations()).toEqual([]);
    await proxy.behave({ kind: 'pass' });
    await tab.hasAnswers(1);
    await replica.close();
    await tab.hasAnswerTexts([words(120)]);
    expect(stack.mock.requests).toHaveLength(1);
  });

  it('may be lost to a server that is restarted: the answer starts over, and says so', async () => {
    const { stack, tab } = bench;
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    const port = portOf(stack.url);
    await stack.close();
    await tab.shows(lost);
    await stack.open(port);
    await tab.shows('Started over: the server that was writing was restarted.');
    await tab.hasAnswers(1);
    await tab.hasAnswerTexts([words(120)]);
  });

  it('may be away: what is said meanwhile is sent later, once', async () => {
    const { stack, tab } = bench;
    await tab.send('Before');
    await tab.hasAnswers(1);
    const port = portOf(stack.url);
    await stack.close();
    await tab.send('Meanwhile');
    await tab.shows('Sending …');
    await tab.shows('The server cannot be reached.');
    expect(await tab.violations()).toEqual([]);
    await stack.open(port);
    await tab.press('Try now');
    await tab.hasAnswers(2);
    await tab.page.reload();
    await tab.hasAnswers(2);
    await tab.hasQuestions(['Before', 'Meanwhile']);
  });
});
