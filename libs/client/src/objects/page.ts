/** One page of a list; it may have fewer items than the limit although `has_more` is true. The ids are null on an empty page. */
export interface Page<T> {
  data: T[];
  first_id: string | null;
  last_id: string | null;
  /** Whether the list goes on in the direction that was asked for. */
  has_more: boolean;
}

/** Which page of a list: at most `limit` items (1 to 100, 20 if left out) after or before the one with that id. */
export interface PageQuery {
  limit?: number;
  after?: string;
  before?: string;
}
