import { usesBuild } from '../harness/build.js';
import { Replicas } from '../harness/replicas.js';
import { describePage } from './describe-page.js';
import { slow, words } from './replies.js';

describePage(
  'a killed server',
  (fixture) => {
    let replicas: Replicas;

    usesBuild();
    beforeEach(async () => {
      replicas = await Replicas.start(slow);
    });
    afterEach(() => replicas.stop());

    it('that is started again generates the interrupted answer again, and the page shows the reason', async () => {
      const server = await replicas.add();
      const tab = await fixture.open(server.url);
      await tab.send('Hello?');
      await tab.shows('word3');
      await server.process.stop('SIGKILL');
      await tab.shows('Connection lost. Reconnecting …');
      await tab.shows('The server cannot be reached.');
      expect(await tab.violations()).toEqual([]);
      await replicas.add({ PORT: new URL(server.url).port });
      await tab.shows('Started over: the server was restarted.');
      expect(await tab.violations()).toEqual([]);
      await tab.hasAnswers(1);
      await tab.hasAnswerTexts([words(120)]);
      await tab.hasQuestions(['Hello?']);
      expect(replicas.mock.requests).toHaveLength(2);
    });
  },
  { stack: 'none' },
);
