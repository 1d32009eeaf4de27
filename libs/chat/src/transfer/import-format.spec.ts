import { FormatDetector } from './import-format.js';

function formatOf(document: unknown, size = 1): string | undefined {
  const detector = new FormatDetector();
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  for (let at = 0; at < bytes.length; at += size) detector.push(bytes.subarray(at, at + size));
  return detector.format;
}

describe('FormatDetector', () => {
  it.each<[string, unknown, string]>([
    ['an export of Parley', { format: 'parley.conversation.v1', title: null, messages: [] }, 'parley'],
    ['one whose messages come first', { messages: [{ id: '1', role: 'user' }], format: 'x' }, 'parley'],
    ['one without a format', { title: 'x', messages: [] }, 'parley'],
    ['conversations of ChatGPT', [{ title: 'a', create_time: 1, mapping: {} }], 'chatgpt'],
    ['one conversation of ChatGPT', { title: 'a', mapping: {} }, 'chatgpt'],
    ['one without a tree at first', [{ title: 'a' }, { mapping: {} }], 'chatgpt'],
    ['chats of Open WebUI', [{ id: 'x', user_id: 'u', title: 't', chat: {} }], 'open_webui'],
    [
      'an inner chat of Open WebUI',
      { id: '', title: 't', models: ['m'], history: { messages: {} } },
      'open_webui',
    ],
    ['messages of Open WebUI first', { messages: [{ id: 'a', parentId: null }], history: {} }, 'open_webui'],
    ['LibreChat', { conversationId: 'c', endpoint: 'e', messages: [] }, 'librechat'],
    ['LibreChat without a head', { title: 't', messages: [{ messageId: 'm' }] }, 'librechat'],
    [
      'keys inside other values',
      { title: 't', options: { mapping: {}, chat: {} }, list: [{ mapping: 1 }] },
      'unknown',
    ],
    ['conversations of Claude', [{ uuid: 'u', name: 'n', chat_messages: [] }], 'unknown'],
    ['Chatbot UI', { version: 4, history: [], folders: [] }, 'unknown'],
    ['a list of exports of Parley', [{ format: 'parley.conversation.v1', messages: [] }], 'unknown'],
    ['an empty object', {}, 'unknown'],
    ['an empty list', [], 'unknown'],
    ['null', 'null', 'unknown'],
    ['a text', '"x"', 'unknown'],
    ['Markdown', '# Title', 'unknown'],
    ['a ZIP archive', 'PK\u0003\u0004', 'unknown'],
    ['JSON with a mistake', '{"title" "x"}', 'unknown'],
  ])('recognizes %s', (_, document, format) => {
    expect(formatOf(document)).toBe(format);
    expect(formatOf(document, 10_000)).toBe(format);
  });

  it('reads a long document without signs as one of Parley', () => {
    expect(formatOf({ title: 'x'.repeat(300_000) }, 8_192)).toBe('parley');
    expect(formatOf([{ title: 'x'.repeat(300_000) }], 8_192)).toBe('unknown');
  });
});
