import { FaultProxy } from '../faults/fault-proxy.js';
import { describePage } from './describe-page.js';
import { endless, slow, words } from './replies.js';

const lost = 'Connection lost. Reconnecting …';
const portOf = (url: string): number => Number(new URL(url).port);

describePage('the connection', (fixture) => {
  let proxy: FaultProxy;

  beforeEach(async () => {
    proxy = await FaultProxy.start(portOf(fixture.stack.url));
  });
  afterEach(() => proxy.stop());

  it('after a reload during an answer resumes the answer', async () => {
    const { stack, tab } = fixture;
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

  it('is shared by ten tabs that receive answers, and requests of all tabs get through', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave(endless);
    const tabs = [tab, ...(await Promise.all(Array.from({ length: 9 }, () => tab.beside(stack.url))))];
    for (const one of tabs) await one.send('Hello?');
    for (const one of tabs) await one.shows('word3');
    await tab.press('Stop');
    await tab.shows('Stopped.');
    for (const one of tabs.slice(1)) await one.shows('word20');
    await (await tab.beside(tab.page.url())).shows('Stopped.');
    expect(stack.mock.requests).toHaveLength(10);
    expect(tabs.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('that is cut during an answer is resumed at another replica', async () => {
    const { stack } = fixture;
    const replica = await stack.replica();
    const tab = await fixture.open(`http://127.0.0.1:${proxy.port}`);
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

  it('to a server that is restarted resumes, and the answer starts over and shows the reason', async () => {
    const { stack, tab } = fixture;
    stack.mock.behave(slow);
    await tab.send('Hello?');
    await tab.shows('word3');
    const port = portOf(stack.url);
    await stack.close();
    await tab.shows(lost);
    await stack.open(port);
    await tab.shows('Started over: the server was restarted.');
    await tab.hasAnswers(1);
    await tab.hasAnswerTexts([words(120)]);
  });

  it('that is missing delays a message, which is then sent once', async () => {
    const { stack, tab } = fixture;
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
