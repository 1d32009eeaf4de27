/** One page of a keyset-paged list. `first_id` and `last_id` are null on an empty page. */
export interface Page<T> {
  data: T[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

/** Makes a page of items in their order. `hasMore`: whether the list goes on in the direction that was asked for. */
export function page<T extends { id: string }>(data: T[], hasMore: boolean): Page<T> {
  return {
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}
