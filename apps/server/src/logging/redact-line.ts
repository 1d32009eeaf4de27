import { type SecretRedactor } from '#llm';

/** Redacts the secrets in a line of JSON. The result is valid JSON even if a number contains a secret. */
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
