import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OwnProtocol } from '../../../../examples/protocols/own-protocol.js';
import { LlmClient } from '../routing/llm-client.js';
import { clientOptions } from '../testing/client-setup.js';
import { ScriptedServer } from '#testing';
import { plain } from '../testing/transport-setup.js';
import { LlmModule } from './llm.module.js';

/** A client whose only route uses the given protocol. */
async function clientOf(url: string, protocol: string) {
  const options = clientOptions([[url]]);
  @Module({
    imports: [
      LlmModule.forRoot({
        ...options,
        routes: options.routes.map((route) => ({ ...route, protocol })),
        protocols: [new OwnProtocol()],
        retry: { maxRetries: 0 },
      }),
    ],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  return { app, client: app.get(LlmClient) };
}

describe('examples/protocols/own-protocol.ts', () => {
  it('connects a server with its own JSON format', async () => {
    const server = await ScriptedServer.start(({ question }, client) =>
      client.send(
        JSON.stringify(
          question === 'hi' ? { answer: 'Hello', cost: 0.002, model_version: 'm-2' } : { problem: 'no idea' },
        ),
      ),
    );
    const { app, client } = await clientOf(server.url, 'own');
    const history = [{ role: 'user' as const, content: 'before' }];
    expect(await client.complete({ ...plain, history })).toMatchObject({
      text: 'Hello',
      model: 'm-2',
      finishReason: 'completed',
      metadata: { cost: 0.002 },
    });
    expect(server.received).toEqual([{ question: 'hi', before: history }]);
    expect(server.upgrades[0]!.headers).toHaveProperty('authorization', 'Bearer sk-secret');
    await expect(client.complete({ ...plain, message: 'why?' })).rejects.toMatchObject({
      message: 'no LLM endpoint answered: no idea',
    });
    await app.close();
    await server.stop();
  });

  it('is selected by its name', async () => {
    await expect(clientOf('ws://h/', 'owl')).rejects.toThrow('routes[0].protocol: no protocol is named owl');
  });
});
