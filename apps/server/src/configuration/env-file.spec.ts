import { parseEnvFile } from './env-file.js';

const mistakesOf = (text: string): string[] => parseEnvFile(text).mistakes;

describe('parseEnvFile', () => {
  it.each([
    ['comments and empty lines', '# a comment\n\n  # another\n', {}],
    [
      'comments behind values',
      'A=1 # one\nB=   # none yet\nC=# none\nD="x" # in quotes\n',
      { A: '1', B: '', C: '', D: 'x' },
    ],
    ['export, spaces and Windows line ends', 'export A=1\r\nB = 2 \r\n', { A: '1', B: '2' }],
    ['quotes of each kind', `A="a # b"\nB='"c"'\nC=\`d'\`\n`, { A: 'a # b', B: '"c"', C: "d'" }],
    ['values of several lines', 'A="one\ntwo=2\n# three"\nB=4', { A: 'one\ntwo=2\n# three', B: '4' }],
    ['"=" and quotes inside a value', 'A=b=c\nB=don\'t\nC={"a":1}\n', { A: 'b=c', B: "don't", C: '{"a":1}' }],
  ])('accepts %s', (_, text, variables) => {
    expect(parseEnvFile(text)).toEqual({ variables, mistakes: [] });
  });

  it('names lines without "="', () => {
    expect(mistakesOf('A=1\nLLM_API_KEY: secret\n\nB=2\nnonsense')).toEqual([
      'line 2 has no "=": write NAME=value, or # before a comment',
      'line 5 has no "=": write NAME=value, or # before a comment',
    ]);
    expect(mistakesOf('my name=1')).toEqual(['line 1 has no valid name before its "="']);
  });

  it('names quotes that are not closed, and text behind quotes', () => {
    expect(mistakesOf('A="open\nB=2\n')).toEqual(['line 1 has a quote (") in A that is not closed']);
    expect(mistakesOf("\nA='one' two\nB=`x")).toEqual([
      "line 2 has text after the closing quote (') of A",
      'line 3 has a quote (`) in B that is not closed',
    ]);
  });

  it('names a "#" that cuts a value, and counts the lines of quoted values', () => {
    expect(mistakesOf('A="one\ntwo"\nKEY=abc#def\nURL=postgres://u:pa#ss@h/d\nC=#abc\n')).toEqual([
      'line 3 has a "#" in KEY, which cuts the value there: put the value in quotes',
      'line 4 has a "#" in URL, which cuts the value there: put the value in quotes',
      'line 5 has a "#" in C, which cuts the value there: put the value in quotes',
    ]);
  });

  it('shows no value', () => {
    const text = 'A=s3cret#s3cret\nB="s3cret\nC: s3cret\n';
    expect(JSON.stringify(mistakesOf(text))).not.toContain('s3cret');
  });
});
