import { LlmFrameError } from '../errors/answer-errors.js';
import { parseJsonFrame } from './json-frame.js';

function messageOf(frame: string): string {
  try {
    parseJsonFrame(frame);
  } catch (error) {
    if (error instanceof LlmFrameError) return error.message.split('understood: ')[1]!;
    throw error;
  }
  return 'none';
}

const piece = '{"chunk":"a"}';

describe('a frame that is not one JSON value', () => {
  it.each([
    ['', 'it is an empty text', 'frames: mixed'],
    [' \n', 'it is an empty text', 'frames: mixed'],
    ['ping', 'it is not JSON: ping', 'frames: mixed'],
    ['[DONE]', 'it is not JSON: [DONE]', 'frames: mixed'],
    [
      ': keepalive\n\n',
      'it is a comment of server-sent events instead of JSON: : keepalive',
      'frames: mixed',
    ],
    [`data: ${piece}\n\n`, 'it has the form of server-sent events', 'send the JSON alone'],
    [`event: delta\ndata: ${piece}`, 'it has the form of server-sent events', 'send the JSON alone'],
    [`${piece}\n${piece}`, `it has several JSON values, not one: ${piece} ${piece}`, "separator: '\\n'"],
    [piece + piece, `it has several JSON values, not one: ${piece}${piece}`, 'frame of its own'],
    [`${piece},${piece}`, 'it has several JSON values', 'frame of its own'],
    [`[1]\n[2]`, 'it has several JSON values', 'frame of its own'],
    [`${piece} done`, 'it has text after its JSON value', 'frame of its own'],
    [`\ufeff${piece}`, 'it begins with a byte order mark (U+FEFF)', 'must not'],
    [`${piece}\x1e`, 'it ends with the control character U+001E', "separator: '\\u001E'"],
    [`\0${piece}`, 'it begins with the control character U+0000', 'send the JSON alone'],
    ['<html></html>', 'it is HTML or XML, not JSON: <html></html>', 'frames: mixed'],
    ['{"chunk":"a', 'it is incomplete or invalid JSON: {"chunk":"a', 'one whole JSON value'],
    [JSON.stringify(piece), 'it is a JSON string that contains JSON', 'json_in: $'],
    [JSON.stringify(`[${piece}]`), 'it is a JSON string that contains JSON', 'json_in: $'],
  ])('%j is named, and so is the remedy', (frame, what, remedy) => {
    expect(messageOf(frame)).toContain(what);
    expect(messageOf(frame)).toContain(remedy);
  });

  it('is quoted on one line, and only its start', () => {
    const message = messageOf(`{"chunk":"${'x'.repeat(1_000)}`);
    expect(message).toContain('xxx…');
    expect(message.length).toBeLessThan(250);
  });

  it('takes time in proportion to its length', () => {
    for (const frame of [
      `{"a":"${'\\"'.repeat(500_000)}`,
      '['.repeat(200_000),
      `${piece}\n`.repeat(20_000),
    ]) {
      expect(messageOf(frame)).not.toBe('none');
    }
  });
});

it.each([piece, ` ${piece}\r\n`, '[]', 'null', '1', '"ping"', '"{not JSON"', 'true'])(
  'the JSON value %j is read',
  (frame) => expect(parseJsonFrame(frame)).toEqual(JSON.parse(frame)),
);
