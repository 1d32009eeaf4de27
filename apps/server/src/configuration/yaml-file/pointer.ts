/** A place in a file as JSON Pointer (RFC 6901): `/routes/0/name`; the whole file is the empty text. */
export type Pointer = string;

export function childOf(pointer: Pointer, key: string | number): Pointer {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** `routes[0].name`. A key that cannot be one of ours is not shown: it may be a secret in the wrong place. */
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
