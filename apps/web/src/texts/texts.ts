import { english } from './english';

/** The texts of a language. */
export type Texts = typeof english;

/** The texts of the page's language. */
export const texts: Texts = english;
