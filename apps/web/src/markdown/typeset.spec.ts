import { type FormulaNode } from './formula-nodes';
import { typeset } from './typeset';

const formula = (raw: string, isDisplay = false): FormulaNode[] | null => typeset({ raw, isDisplay });
const json = (nodes: FormulaNode[] | null): string => JSON.stringify(nodes);

describe('typeset', () => {
  it.each(['$x_1$', '\\(\\frac{a}{b}\\)', '$$\\sum_{i=1}^n i$$', '\\[ \\sqrt{2} \\]'])(
    'typesets %s as an element, with MathML for screen readers',
    (raw) => {
      const nodes = formula(raw);
      expect(nodes).toMatchObject([{ tag: 'span', className: 'katex' }]);
      expect(json(nodes)).toContain('http://www.w3.org/1998/Math/MathML');
    },
  );

  it('typesets environments, and formulas in the middle of the column', () => {
    const raw = '\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}';
    expect(formula(raw, true)).toMatchObject([{ className: 'katex-display' }]);
  });

  it('has styles as properties, and no HTML', () => {
    const nodes = json(formula('$\\frac{a}{<b}$'));
    expect(nodes).toMatch(/"style":\{"height":/);
    expect(nodes).not.toContain('"style":"');
  });

  it.each([
    ['wrong LaTeX', '$\\frac{a$'],
    ['an unknown command', '$\\nosuchthing$'],
    ['endless macros', '$\\def\\a{\\a\\a}\\a$'],
    ['a formula that is too large', `$${'\\frac{a}{b}'.repeat(150)}$`],
  ])('leaves %s as it is', (_name, raw) => {
    expect(formula(raw)).toBeNull();
  });

  it('creates no links and loads no images', () => {
    const nodes = json(formula('$\\href{javascript:x()}{a} \\includegraphics{http://192.0.2.1/x.png}$'));
    expect(nodes).not.toMatch(/"tag":"(a|img)"|"href"|"src"/);
  });
});
