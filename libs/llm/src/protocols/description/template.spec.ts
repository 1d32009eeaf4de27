import { Location, type DescriptionMistake } from './mistakes.js';
import { compileFrames, compileTemplate, compileWholeText, type Placeholders } from './template.js';
import { type Template } from './description.js';

const mistakes: DescriptionMistake[] = [];
const location = new Location('/t', mistakes);
const values: Record<string, unknown> = {
  name: 'Ann',
  count: 3,
  list: [1, { a: 2 }],
  flag: false,
  empty: '',
  quoted: 'a"b\nc',
};
const known: Placeholders<typeof values> = (name, at) => {
  if (name === 'unknown') return void at.report('is unknown');
  return (given) => given[name];
};

afterEach(() => mistakes.splice(0));

describe('a template', () => {
  it.each<[Template, unknown]>([
    ['plain', 'plain'],
    ['', ''],
    ['{{name}}', 'Ann'],
    ['{{ count }}', 3],
    ['{{list}}', [1, { a: 2 }]],
    ['{{flag}}', false],
    ['{{missing}}', undefined],
    ['Hello {{name}}, {{count}}!', 'Hello Ann, 3!'],
    ['{{missing}}{{name}}', 'Ann'],
    ['{{list}} {{flag}}', '[1,{"a":2}] false'],
    ['{ {name}} }}', '{ {name}} }}'],
    [7, 7],
    [null, null],
    [
      { a: '{{name}}', b: '{{missing}}', c: { d: '{{missing}}' }, e: [1, '{{missing}}', '{{count}}'] },
      { a: 'Ann', c: {}, e: [1, 3] },
    ],
    [{ body: { $json: { to: '{{name}}', n: '{{count}}' } } }, { body: '{"to":"Ann","n":3}' }],
    [
      { $$type: '{{name}}', $$json: 1 },
      { $type: 'Ann', $json: 1 },
    ],
  ])('%j is filled', (template, expected) => {
    const filled = compileTemplate(template, location, known)(values);
    expect(JSON.stringify(filled)).toBe(JSON.stringify(expected));
    expect(mistakes).toEqual([]);
  });

  it.each<[string, string]>([
    ['say {"to":"{{json quoted}}"}', 'say {"to":"a\\"b\\nc"}'],
    ['say {"to":{{json quoted}},"n":{{count}}}', 'say {"to":"a\\"b\\nc","n":3}'],
    ['42["said",{"to":{{ json  list }},"no":{{json missing}}}]', '42["said",{"to":[1,{"a":2}],"no":null}]'],
    ['["{{json list}}{{json missing}}"]', '["[1,{\\"a\\":2}]"]'],
    ['{{json quoted}}', '"a\\"b\\nc"'],
  ])('%s inserts values as JSON', (template, expected) => {
    const filled = compileTemplate(template, location, known)(values);
    expect(filled).toBe(expected);
    expect(mistakes).toEqual([]);
  });

  it.each([
    'say {"to":"{{quoted}}"}',
    '42["said",{"to":"Dear {{name}}"}]',
    '{ "a": [ {"b": 1}, "{{count}}" ] }',
    'say {"to":{{message}}}',
    '{"body":"{\\"to\\":\\"{{json quoted}}\\"}"}',
  ])('%s is refused, because a value could break the JSON', (template) => {
    compileTemplate({ send: template }, location, known);
    expect(mistakes).toMatchObject([{ message: expect.stringMatching(/\{\{json …\}\}|\$json/) as string }]);
  });

  it.each([
    'He said "{{name}}".',
    '[INST] "{{name}}" [/INST]',
    '{"a":1} "{{name}}"',
    'f(x) = {x} "{{name}}"',
  ])('%s has no JSON around the placeholder', (template) => {
    compileTemplate(template, location, known);
    expect(mistakes).toEqual([]);
  });

  it('creates objects without a prototype', () => {
    const template = JSON.parse('{"__proto__":"{{name}}","constructor":1}') as Template;
    const filled = compileTemplate(template, location, known)(values) as object;
    expect(Object.getPrototypeOf(filled)).toBeNull();
    expect(JSON.stringify(filled)).toBe('{"__proto__":"Ann","constructor":1}');
    expect({}).not.toHaveProperty('name');
  });

  it('is sent unchanged if it is a string, and as several frames if it is a list', () => {
    const frames = (template: Template) => compileFrames(template, location, known)(values);
    expect(frames('{{name}}')).toBe('Ann');
    expect(frames({ n: '{{name}}' })).toBe('{"n":"Ann"}');
    expect(frames(['{{count}} x', { a: 1 }, '{{missing}}'])).toEqual(['3 x', '{"a":1}', '']);
  });

  it('is omitted from an address if one of its values is missing', () => {
    const whole = (text: string) => compileWholeText(text, location, known)(values);
    expect(whole('Bearer {{name}} {{count}}')).toBe('Bearer Ann 3');
    expect(whole('Bearer {{missing}}')).toBeUndefined();
  });

  it('refuses unknown keys that begin with $', () => {
    compileTemplate({ $jsno: 1, a: { $json: '{{name}}', other: 1 } }, location, known);
    expect(mistakes).toEqual([
      { at: '/t/a/$json', message: 'must be the only key of its mapping' },
      {
        at: '/t/$jsno',
        message: 'is not known; known is $json. If the server has such a key, begin it with $$',
      },
    ]);
  });

  it('reports the location of mistakes', () => {
    compileTemplate({ a: ['{{unknown}}', 'open {{name'] }, location, known);
    expect(mistakes).toEqual([
      { at: '/t/a/0', message: 'is unknown' },
      { at: '/t/a/1', message: 'has "{{" without "}}"' },
    ]);
  });
});
