import { randomInt } from 'node:crypto';

const syllables = [
  'ba',
  'do',
  'fi',
  'gu',
  'ka',
  'lo',
  'mi',
  'nu',
  'pe',
  'ra',
  'so',
  'tu',
  've',
  'wi',
  'xa',
  'zo',
];

/** A made-up word that no answer contains by chance: six syllables. */
export function madeUpWord(): string {
  return Array.from({ length: 6 }, () => syllables[randomInt(syllables.length)]).join('');
}
