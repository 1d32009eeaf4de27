import { type Document, type YAMLError } from 'yaml';

/** Messages by error code. Those of the parser are not shown, as some contain parts of the text, which may be secret. */
const MESSAGES: Partial<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias (*) cannot have an anchor or a tag',
  BAD_ALIAS: 'an anchor (&) or alias (*) has no valid name; quote a string that starts with these characters',
  BAD_DIRECTIVE: 'this directive (%) cannot be read',
  BAD_DQ_ESCAPE: 'this is not an escape sequence; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'the indentation does not match the lines around it',
  BAD_SCALAR_START: 'a string cannot start with this character without quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a line contains more than one key, or a string with ": " that needs quotes',
  BLOCK_IN_FLOW: 'indented lists and mappings are not allowed in brackets or braces',
  DUPLICATE_KEY: 'this key is a duplicate',
  MISSING_CHAR: 'something is missing here: a colon, a comma, a quote, or a bracket',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line, followed by ": "',
  MULTIPLE_DOCS: 'there must be only one document',
  NON_STRING_KEY: 'a key must be a string',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'this tag (!) is not known',
  UNEXPECTED_TOKEN: 'this was not expected here; a string with "{", "}", "[", "]" or "," may need quotes',
};

/** The syntax errors of a document, with their offsets in the text. */
export function syntaxMistakes({ errors, warnings }: Document): { offset: number; message: string }[] {
  return [...errors, ...warnings].map(({ code, pos }) => ({
    offset: pos[0],
    message: `is not valid YAML: ${MESSAGES[code] ?? 'this cannot be read'}`,
  }));
}
