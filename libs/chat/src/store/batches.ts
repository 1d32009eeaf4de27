/**
 * A condition for every `json_to_recordset` of a batch, whose rows have an `ordinal`. It is true for all rows and only
 * guides the planner: that estimates 100 rows for a function and would join them by reading whole tables. With a range
 * condition it estimates one row and uses the indexes, whose cost does not grow with the tables.
 */
export const smallBatchHint = 'WHERE ordinal BETWEEN 0 AND 9999';

/** Most rows of a batch. Nested loop joins within a batch compare each row with each other row, so small batches are faster. */
export const maxBatch = 64;
