import { type Document, type YAMLError } from 'yaml';

/** The parser's own messages are not shown: some repeat a piece of the text, which may be a secret. */
const MEANING: Partial<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias (*) cannot have an anchor or a tag',
  BAD_ALIAS: 'an anchor (&) or alias (*) has no proper name; put a text that starts so into quotes',
  BAD_DIRECTIVE: 'this directive (%) cannot be read',
  BAD_DQ_ESCAPE: 'this is no escape sequence; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'the indentation does not fit what is around it',
  BAD_SCALAR_START: 'a text cannot start with this character without quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'there is more than one key in a line, or a text that has ": " in it and needs quotes',
  BLOCK_IN_FLOW: 'indented lists and mappings cannot stand between brackets or braces',
  DUPLICATE_KEY: 'this key was given before',
  MISSING_CHAR: 'something is missing here: a colon, a comma, a quote, or a bracket',
  MULTILINE_IMPLICIT_KEY: 'a key must stand in one line, followed by ": "',
  MULTIPLE_DOCS: 'there must be one document only',
  NON_STRING_KEY: 'a key must be a text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'this tag (!) is not known',
  UNEXPECTED_TOKEN:
    'this was not expected here; a text that has "{", "}", "[", "]" or "," in it may need quotes',
};

/** What keeps a text from being YAML: where (an offset), and why. */
export function syntaxMistakes({ errors, warnings }: Document): { offset: number; message: string }[] {
  return [...errors, ...warnings].map(({ code, pos }) => ({
    offset: pos[0],
    message: `is not valid YAML: ${MEANING[code] ?? 'this cannot be read'}`,
  }));
}
