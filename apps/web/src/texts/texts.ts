import { english } from './english';

export type Texts = typeof english;

/** The language of the page. */
export const texts: Texts = english;
