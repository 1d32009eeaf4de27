import { build, type Plugin } from 'esbuild';
import fc from 'fast-check';
import { describePage } from './describe-page.js';

/** Parts of Markdown that change what is around them. */
const fragments = [
  ...[
    'a',
    'b c',
    '\n',
    '\n\n',
    ' ',
    '  \n',
    '*',
    '**',
    '***',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '``',
    '$',
    '$$',
    '\\',
    '\\(',
    '\\)',
  ],
  ...[
    '\\[',
    '\\]',
    '# ',
    '## ',
    '> ',
    '- ',
    '* ',
    '1. ',
    '  ',
    '    ',
    '- [x] ',
    '| a | b |\n| - | - |\n',
    '| c | d |\n',
    '|',
  ],
  ...[
    '```\n',
    '```js\n',
    '~~~\n',
    '---\n',
    '===\n',
    '[a](b)',
    '[a](http://x.y "t")',
    '![a](http://x.y/z)',
    '[a]',
    '[a]: http://x.y\n',
  ],
  ...[
    '<https://auto.link>',
    'https://x.y/z',
    '<b>',
    '</b>',
    '<think>\n',
    '</think>\n',
    '<!-- a -->',
    '&amp;',
    '\\*',
    'C:\\a\\_b',
  ],
  ...[
    '$x_1$',
    '$$\ny\n$$',
    '\\(z\\)',
    '「',
    '」',
    '文',
    '**「重要」**です',
    '***very important***',
    '**Bold *both***',
    'مرحبا',
    'x'.repeat(50),
  ],
];

/** Replaces the workers by calls, and the style sheet of formulas by nothing. */
const withoutWorkers: Plugin = {
  name: 'without-workers',
  setup(building) {
    building.onLoad({ filter: /markdown\/workers\.ts$/ }, () => ({
      loader: 'ts',
      contents: `
        import { blocksOf } from './parse';
        import { bounded, withinBounds } from './parsed-document';
        import { highlight } from './highlight';
        const parsed = (text) => {
          const tokens = blocksOf(text);
          const hasLinks = Object.keys(tokens.links).length > 0;
          return structuredClone({ blocks: [...withinBounds(0, tokens).map(bounded)], hasLinks });
        };
        const element = (raw) => ({ tag: 'b', className: 'katex', style: {}, attributes: {}, children: [raw] });
        const typeset = ({ raw }) => (raw.length % 3 === 0 ? null : [element(raw)]);
        export const parser = { call: async (text) => parsed(text) };
        export const highlighter = { call: async (code) => highlight(code) };
        export const typesetter = { call: async (formulas) => formulas.map(typeset) };
      `,
    }));
    building.onLoad({ filter: /markdown\/formula-styles\.ts$/ }, () => ({
      contents: 'export const loadFormulaStyles = async () => {};',
    }));
  },
};

/** A script that shows a text piece by piece, and at once; `differences` are the texts that look different then. */
const script = `
  import { MarkdownDocument } from './apps/web/src/markdown/markdown-document';
  // Timers and frames without their pauses: every piece is rendered.
  const channel = new MessageChannel();
  const tasks = [];
  channel.port1.onmessage = () => tasks.shift()();
  globalThis.requestAnimationFrame = globalThis.setTimeout = (task) => {
    tasks.push(task);
    channel.port2.postMessage(0);
  };
  const task = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const shown = async (texts) => {
    const host = document.createElement('div');
    document.body.replaceChildren(host);
    let settle;
    const settled = new Promise((resolve) => (settle = resolve));
    const shownDocument = new MarkdownDocument(host, settle);
    for (const [at, text] of texts.entries()) {
      shownDocument.update(text, false);
      for (let count = at % 6; count > 0; count -= 1) await task();
    }
    shownDocument.update(texts.at(-1), true);
    await settled;
    shownDocument.destroy();
    return host.innerHTML;
  };
  globalThis.differences = async (cases) => {
    const found = [];
    for (const { text, cuts } of cases) {
      const pieces = [...cuts.map((cut) => text.slice(0, cut)), text];
      const [streamed, fresh] = [await shown(pieces), await shown([text])];
      if (streamed !== fresh) found.push({ text, cuts, streamed, fresh });
    }
    return found;
  };
`;

const cases = fc
  .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 30 })
  .map((parts) => parts.join(''))
  .chain((text) =>
    fc.record({
      text: fc.constant(text),
      cuts: fc.array(fc.nat(text.length), { maxLength: 40 }).map((cuts) => cuts.sort((a, b) => a - b)),
    }),
  );

describePage(
  'Markdown in pieces',
  (fixture) => {
    it('looks like the whole text at the end, for any text and any cuts', async () => {
      const { outputFiles } = await build({
        stdin: { contents: script, resolveDir: process.cwd() },
        bundle: true,
        write: false,
        plugins: [withoutWorkers],
        logLevel: 'silent',
      });
      const context = await fixture.browser.newContext();
      const page = await context.newPage();
      await page.addScriptTag({ content: outputFiles[0]!.text });
      const all = fc.sample(cases, 500);
      const differences = await page.evaluate(`differences(${JSON.stringify(all)})`);
      await context.close();
      expect(differences).toEqual([]);
    });
  },
  { stack: 'none' },
);
