/** Rows that are wrong for a reason that is known and not mended yet. Names are as `nameOf` makes them. */
export const known: readonly { rows: RegExp; why: string }[] = [];
