/**
 * Pseudorandom numbers: the same seed gives the same numbers on every machine. The generator is a Weyl sequence whose 32-bit values are mixed by multiplications and shifts (the finalizer of MurmurHash3).
 */
export class Random {
  #state: number;

  /** @param seed an integer, 0 to 2^32 - 1 */
  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to less than 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return mixed(this.#state) / 2 ** 32;
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One element. @throws RangeError for an empty list */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('The list is empty.');
    return from[this.integer(0, from.length - 1)]!;
  }

  /** A copy in random order. */
  shuffled<T>(things: readonly T[]): T[] {
    return things
      .map((thing) => ({ thing, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ thing }) => thing);
  }

  /** An independent generator for one part of a program: how many numbers it draws does not change those of other parts. */
  fork(part: string): Random {
    let seed = this.seed;
    for (const character of part) seed = mixed((seed + character.codePointAt(0)!) >>> 0);
    return new Random(seed);
  }
}

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
