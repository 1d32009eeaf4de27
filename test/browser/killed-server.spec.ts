import { describePage } from './describe-page.js';
import { Replicas } from '../harness/replicas.js';
import { hasChromium } from '#testing';
import { build } from '../harness/build.js';
import { slow, words } from './replies.js';

describePage('a server that is killed', (bench) => {
  let replicas: Replicas;

  beforeAll(async () => {
    if (hasChromium) await build();
  }, 300_000);
  beforeEach(async () => {
    replicas = await Replicas.start(slow);
  });
  afterEach(() => replicas.stop());

  it('in mid-answer and started again gives the answer anew, and the page says so', async () => {
    const server = await replicas.add();
    const tab = await bench.open(server.url);
    await tab.send('Hello?');
    await tab.shows('word3');
    await server.process.stop('SIGKILL');
    await tab.shows('The connection was lost. Trying to reach the answer again …');
    await tab.shows('The server cannot be reached.');
    expect(await tab.violations()).toEqual([]);
    await replicas.add({ PORT: new URL(server.url).port });
    await tab.shows('Started over: the server that was writing was restarted.');
    expect(await tab.violations()).toEqual([]);
    await tab.hasAnswers(1);
    await tab.hasAnswerTexts([words(120)]);
    await tab.hasQuestions(['Hello?']);
    expect(replicas.mock.requests).toHaveLength(2);
  });
});
