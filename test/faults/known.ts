/** Rows that are wrong for a reason that is known and not mended yet. Names are as `nameOf` makes them. */
export const known: readonly { rows: RegExp; why: string }[] = [
  {
    rows: /^garbage: foreign-request \//,
    why: 'without multiplexing, the request_id of a frame is not looked at',
  },
];
