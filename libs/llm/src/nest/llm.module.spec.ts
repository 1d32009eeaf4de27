import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MockLlm } from '#mock-llm';
import { LlmClient } from '../routing/llm-client.js';
import { clientOptions } from '../testing/client-setup.js';
import { plain } from '../testing/transport-setup.js';
import { LlmModule } from './llm.module.js';
import { type LlmClientOptions } from '../routing/llm-options.js';

let mock: MockLlm;

beforeEach(async () => {
  mock = await MockLlm.start({ behavior: { reply: 'Hello' } });
});
afterEach(() => mock.stop());

/** An application without HTTP and without a database. */
async function appWith(module: ReturnType<typeof LlmModule.forRoot>) {
  @Module({ imports: [module] })
  class App {}
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
}

/** The configuration of another project. */
@Injectable()
class Settings {
  url = mock.url;
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

describe('LlmModule', () => {
  it.each([
    ['forRoot', () => LlmModule.forRoot(clientOptions([[mock.url]]))],
    [
      'forRootAsync',
      () =>
        LlmModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: async ({ url }: Settings): Promise<LlmClientOptions> => clientOptions([[url]]),
        }),
    ],
  ])('%s provides a client and closes its connections on shutdown', async (_, module) => {
    const app = await appWith(module());
    const client = app.get(LlmClient);
    expect(await client.complete(plain)).toMatchObject({ text: 'Hello' });
    expect(mock.connections).toBe(1);
    await app.close();
    await mock.waitFor(({ connections }) => connections === 0);
    await expect(client.complete(plain)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('fails to start with invalid options', async () => {
    await expect(appWith(LlmModule.forRoot(clientOptions([])))).rejects.toThrow(
      'routes: at least one is needed',
    );
  });
});
