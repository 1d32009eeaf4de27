import { parseEnv } from 'node:util';

/** What an `.env` file sets, and what is wrong with it. */
export interface EnvFile {
  variables: Record<string, string | undefined>;
  /** Lines that `parseEnv` would skip or cut without a word. They name lines and variables, and show no value. */
  mistakes: string[];
}

/** The end of an assignment, and what is wrong with it. */
interface Assignment {
  /** The offset behind its last line. */
  end: number;
  mistake?: string;
}

const name = /^(?:export\s+)?([A-Za-z_][\w.-]*)$/;

/**
 * Parses the text of an `.env` file with Node's `parseEnv`, and reports each line that it takes otherwise than it was
 * meant: without `=`, with a quote that is not closed or that text follows, and with a `#` that cuts a value short. One
 * pass, linear in the length of the text.
 */
export function parseEnvFile(text: string): EnvFile {
  const mistakes: string[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const { end, mistake } = assignmentAt(text, at);
    if (mistake !== undefined) mistakes.push(`line ${line} ${mistake}`);
    for (let next = text.indexOf('\n', at); next !== -1 && next < end; next = text.indexOf('\n', next + 1)) {
      line += 1;
    }
    at = end;
  }
  return { variables: parseEnv(text), mistakes };
}

function assignmentAt(text: string, from: number): Assignment {
  const lineEnd = endOfLine(text, from);
  const line = text.slice(from, lineEnd).trim();
  if (line === '' || line.startsWith('#')) return { end: lineEnd };
  const equals = line.indexOf('=');
  if (equals === -1) return { end: lineEnd, mistake: 'has no "=": write NAME=value, or # before a comment' };
  const [, variable] = name.exec(line.slice(0, equals).trim()) ?? [];
  if (variable === undefined) return { end: lineEnd, mistake: 'has no valid name before its "="' };
  const value = line.slice(equals + 1).trimStart();
  const quote = value[0] ?? '';
  if (!'"\'`'.includes(quote) || quote === '') return { end: lineEnd, ...hashMistake(variable, value) };

  // A quoted value may go over several lines.
  const open = text.indexOf(quote, text.indexOf('=', from));
  const close = text.indexOf(quote, open + 1);
  if (close === -1)
    return { end: lineEnd, mistake: `has a quote (${quote}) in ${variable} that is not closed` };
  const end = endOfLine(text, close);
  const rest = text.slice(close + 1, end).trim();
  if (rest === '' || rest.startsWith('#')) return { end };
  return { end, mistake: `has text after the closing quote (${quote}) of ${variable}` };
}

/** A `#` after white space, or before it at the start of the value, begins a comment that is meant as one. */
function hashMistake(variable: string, value: string): { mistake?: string } {
  const hash = value.indexOf('#');
  if (hash === -1 || /\s/.test(value[hash - 1] ?? '')) return {};
  if (hash === 0 && /^#(\s|$)/.test(value)) return {};
  return { mistake: `has a "#" in ${variable}, which cuts the value there: put the value in quotes` };
}

/** The offset behind the line end; at the end of the text, its length. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}
