/** Maximum length of a message, in bytes of UTF-8: the server refuses longer ones. */
export const maxMessageBytes = 256 * 1024;

/** Whether the server would refuse a message because of its length. */
export function isTooLong(text: string): boolean {
  // A UTF-16 code unit takes at most 3 bytes in UTF-8, so short texts need not be encoded.
  return text.length > maxMessageBytes / 3 && new TextEncoder().encode(text).length > maxMessageBytes;
}
