import { type SecretRedactor } from '#llm';

/** A line of JSON without secrets, still JSON where a number read like one. */
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
