/** Creates a function that picks options pseudo-randomly; the sequence of choices depends on the seed alone. */
export function seededPick(seed: string): <T>(options: readonly T[]) => T {
  let state = fnv1a(seed);
  return <T>(options: readonly T[]): T => {
    state = mulberry32(state);
    return options[state % options.length] as T;
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function mulberry32(state: number): number {
  let mixed = (state + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
