import { type SecretRedactor } from '#llm';

/** A line of JSON with its secrets redacted; it stays valid JSON even if a number contained one. */
export function redactLine(line: string, redactor: SecretRedactor): string {
  const redacted = redactor.redact(line);
  if (redacted === line || isJson(redacted)) return redacted;
  return `${JSON.stringify(redactor.redactJson(JSON.parse(line)))}\n`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
