import { globSync } from 'node:fs';
import { exampleProtocol } from './example-client.js';

const files = globSync('*.yaml', { cwd: new URL('../../examples/protocols/', import.meta.url) }).sort();

describe('examples/protocols', () => {
  it('has a file for each server that docs/protocols.md mentions', () => {
    expect(files).toEqual([
      'acp.yaml',
      'cloudflare-agents.yaml',
      'cloudflare-ai-gateway.yaml',
      'codex-app-server.yaml',
      'exllamav2.yaml',
      'goose.yaml',
      'gradio.yaml',
      'graphql-transport-ws.yaml',
      'guide-lenient.yaml',
      'home-assistant.yaml',
      'langchain-chatchat.yaml',
      'lm-studio.yaml',
      'openclaw.yaml',
      'petals.yaml',
      'phoenix-channels.yaml',
      'rasa.yaml',
      'text-generation-webui-chat.yaml',
      'text-generation-webui.yaml',
    ]);
  });

  it.each(files)('%s has the name of its protocol', (file) => {
    expect(exampleProtocol(file).name).toBe(file.replace('.yaml', ''));
  });
});
