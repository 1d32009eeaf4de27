/** One page of a list. It may have fewer items than the limit even if `has_more` is true. */
export interface Page<T> {
  data: T[];
  /** The ids of the first and the last item; null on an empty page. */
  first_id: string | null;
  last_id: string | null;
  /** Whether there are more items in the requested direction. */
  has_more: boolean;
}

/** Selects a page: at most `limit` items (1 to 100, default 20) after or before the item with that id. */
export interface PageQuery {
  limit?: number;
  after?: string;
  before?: string;
}
