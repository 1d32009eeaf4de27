/**
 * Why texts that are not JSON are no answer in bare text: they contain JSON in another form. Undefined if they may be an
 * answer. A draft that reads them as text would store that JSON as the answer.
 */
export function unreadableForm(frames: readonly string[]): string | undefined {
  for (const frame of frames) {
    if (frame.startsWith('\uFEFF')) return 'its JSON begins with a byte order mark, which must not be sent';
    const text = frame.trim();
    if (isContainer(text)) continue;
    if (/^(data|event|id|retry):/m.test(text) && /^data: ?[{["]/m.test(text)) {
      return 'its frames are lines of server-sent events (data: …), which need a class';
    }
    if (text.includes('\x1e') && isContainer(text.split('\x1e')[0]!)) {
      return 'its frames end with U+001E: describe them with separator: "\\x1e"';
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length > 1 && lines.every(isContainer)) {
      return 'its frames have several JSON values, one on each line: describe them with separator: "\\n"';
    }
    if (text.startsWith('"') && isContainer(decodedString(text))) {
      return 'its frames are JSON inside a JSON string: it encodes them twice';
    }
  }
  return undefined;
}

/** Whether a text is a JSON object, or a list. */
function isContainer(text: string): boolean {
  const value = parsed(text);
  return typeof value === 'object' && value !== null;
}

function decodedString(text: string): string {
  const value = parsed(text);
  return typeof value === 'string' ? value : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
