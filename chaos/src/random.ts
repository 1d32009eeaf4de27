/**
 * Numbers that look random and follow from a seed: the same seed gives the same numbers on every machine. The generator is
 * a Weyl sequence whose 32-bit values are mixed by multiplications and shifts (the finalizer of MurmurHash3).
 */
export class Random {
  #state: number;

  /** @param seed an integer, 0 to 2^32 - 1 */
  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return mixed(this.#state) / 2 ** 32;
  }

  /** A whole number within bounds, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True as often as the share says, 0 to 1. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of them. @throws RangeError when there is none */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('There is nothing to pick from.');
    return from[this.integer(0, from.length - 1)]!;
  }

  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[] {
    return things
      .map((thing) => ({ thing, place: this.next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ thing }) => thing);
  }

  /** Numbers of their own for one part: how many of them it takes changes nothing for the others. */
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
