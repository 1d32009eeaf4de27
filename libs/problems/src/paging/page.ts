/** A page of a list with keyset pagination. `first_id` and `last_id` are null on an empty page. */
export interface Page<T> {
  data: T[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

/**
 * Returns a page of items in the given order.
 * @param hasMore whether there are further items in the requested direction
 */
export function page<T extends { id: string }>(data: T[], hasMore: boolean): Page<T> {
  return {
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}
