import { describedProtocol, type Template } from '#llm';
import { asksQuestion, dividedTemplate, withEscapedPlaceholders } from './sent-template.js';

describe('dividedTemplate', () => {
  const ask = { ask: '{{prompt}}' };

  it.each<[Template, Template[], Template]>([
    [ask, [], ask],
    ['{{prompt}}', [], '{{prompt}}'],
    [[{ type: 'auth', token: 't' }, ask], [{ type: 'auth', token: 't' }], ask],
    [[ask, { go: true }], [], [ask, { go: true }]],
    [['hello', ask, { go: true }], ['hello'], [ask, { go: true }]],
    [[['ask', '{{prompt}}']], [], [['ask', '{{prompt}}']]],
  ])('%j', (template, opening, request) => {
    expect(dividedTemplate(template, undefined)).toEqual({ opening, request });
  });

  it.each<[Template]>([
    [[['ask', { m: '{{prompt}}' }]]],
    [['ask', { m: '{{prompt}}' }]],
    ['42["ask",{"m":"{{prompt}}"}]'],
  ])('%j is one event of Socket.IO', (template) => {
    expect(dividedTemplate(template, 'socket.io').request).toEqual([['ask', { m: '{{prompt}}' }]]);
  });

  it('sends bare text of Socket.IO as a message', () => {
    expect(dividedTemplate('{{prompt}}', 'socket.io').request).toEqual([['message', '{{prompt}}']]);
  });
});

describe('withEscapedPlaceholders', () => {
  it.each([
    ['chat {"message":"{{prompt}}"}', 'chat {"message":{{json prompt}}}'],
    ['42["said",{"text":"Q: {{ message }}"}]', '42["said",{"text":"Q: {{json message}}"}]'],
    ['chat {"message":{{json prompt}}}', 'chat {"message":{{json prompt}}}'],
    ['ask: {{prompt}}', 'ask: {{prompt}}'],
    ['{{prompt}}', '{{prompt}}'],
  ])('%s becomes %s, which the loader accepts', (template, expected) => {
    expect(withEscapedPlaceholders(template)).toBe(expected);
    const protocol = describedProtocol({ name: 'x', request: { send: expected }, delta: { text: '$' } });
    expect(protocol.name).toBe('x');
  });

  it('finds out whether a template asks the question', () => {
    expect([
      asksQuestion({ a: ['{{messages}}'] }),
      asksQuestion('{{json prompt}}'),
      asksQuestion({ a: 1 }),
    ]).toEqual([true, true, false]);
  });
});
