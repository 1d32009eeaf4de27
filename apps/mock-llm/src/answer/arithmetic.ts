// Bounded lengths: otherwise the search would be quadratic for a message of digits alone.
const NUMBER = String.raw`\d{1,30}(?:\.\d{1,30})?`;
// eslint-disable-next-line security/detect-non-literal-regexp -- made of constants
const EXPRESSION = new RegExp(String.raw`${NUMBER}(?:\s{0,9}[-+*/×÷]\s{0,9}${NUMBER})+`);
const LOOKS_LIKE_A_DATE = /^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}$/;

/** Finds the first arithmetic expression in a text, and its value: `What is 2 + 3 * 4?` gives `2 + 3 * 4` and `14`. Without brackets and signs. */
export function findSum(text: string): { expression: string; value: number } | undefined {
  const expression = EXPRESSION.exec(text)?.[0];
  if (expression === undefined || LOOKS_LIKE_A_DATE.test(expression)) return undefined;
  const [first = '0', ...rest] = expression.split(/([-+*/×÷])/);
  // Products are computed first; the remaining terms have their signs and are added.
  const terms = [Number(first)];
  for (let i = 0; i < rest.length; i += 2) {
    const operator = rest[i];
    const operand = Number(rest[i + 1]);
    const last = terms.length - 1;
    if (operator === '+') terms.push(operand);
    else if (operator === '-') terms.push(-operand);
    else if (operator === '*' || operator === '×') terms[last] = (terms[last] ?? 0) * operand;
    else terms[last] = (terms[last] ?? 0) / operand;
  }
  const value = terms.reduce((sum, term) => sum + term, 0);
  return { expression, value: Number.isFinite(value) ? Number(value.toPrecision(12)) : value };
}
