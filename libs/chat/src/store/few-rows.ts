/**
 * Belongs to every `json_to_recordset` of a batch whose rows carry their `place`. It holds for each of them; it is there
 * for the planner, which takes the rows of a function for a hundred and would read whole tables to join so many. With a
 * range asked for it expects one, and goes by the indexes, whose cost does not grow with the tables.
 */
export const fewRows = 'WHERE place BETWEEN 0 AND 9999';

/** Joins that go by the indexes visit each row of a batch for each other one: small batches are done sooner. */
export const maxBatch = 64;
