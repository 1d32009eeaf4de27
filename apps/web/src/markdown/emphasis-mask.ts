import { type FormulaFinder } from './formula-source';

/** Stands for a character that CommonMark counts as punctuation. */
export const punctuationMark = '、';

/** A letter of Chinese, Japanese or Korean, which have no spaces between words, before a delimiter and punctuation. */
const beforeDelimiter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u30fc](?=(?:\*{1,3}|~~)(?![*~])[\p{P}\p{S}])/gu;
/** The same after punctuation and a delimiter. */
const afterDelimiter =
  /(?<=(?![*~])[\p{P}\p{S}](?:\*{1,3}|~~))[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u30fc]/gu;

/**
 * CommonMark decides by the characters around `**` whether it begins or ends emphasis: between punctuation and a letter it
 * can't end any, so that `**「重要」**です` is not bold. Chinese, Japanese and Korean have no space there, so their letters
 * count as punctuation beside a `**` that has punctuation on its other side.
 * @param masked the text in which marked looks for the end of emphasis
 * @returns a text of the same length
 */
export function withCjkAsPunctuation(masked: string): string {
  const mark = (letter: string): string => punctuationMark.repeat(letter.length);
  return masked.replace(beforeDelimiter, mark).replace(afterDelimiter, mark);
}

/**
 * Hides the formulas of a text, so that no emphasis begins or ends in them.
 * @param masked the text in which marked looks for the end of emphasis: code and links are hidden in it already
 * @returns a text of the same length
 */
export function withoutFormulas(masked: string, text: string, formulas: FormulaFinder): string {
  let result = '';
  let at = 0;
  for (const { index } of text.matchAll(/[$\\]/g)) {
    const isHidden = masked[index] !== '$' && masked[index] !== '+' && masked[index] !== '\\';
    if (index < at || isHidden) continue;
    const formula = formulas.at(index);
    if (formula === undefined) continue;
    result += masked.slice(at, index) + 'a'.repeat(formula.raw.length);
    at = index + formula.raw.length;
  }
  return result + masked.slice(at);
}
