/** A JSON Pointer (RFC 6901) to a part of a file: `/routes/0/name`; empty for the whole file. */
export type Pointer = string;

/** The pointer to a part of a part. */
export function childOf(pointer: Pointer, key: string | number): Pointer {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Formats a pointer for messages: `routes[0].name`. Unusual keys are hidden, as they may be misplaced secrets. */
export function shownPointer(pointer: Pointer): string {
  const shown = pointer
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${isShowable(key) ? key : '(a key)'}`))
    .join('');
  return shown === '' ? 'the file' : shown.replace(/^\./, '');
}

function isShowable(key: string): boolean {
  return /^[a-z]+([_-][a-z]+)*$/.test(key) && key.length <= 40;
}
