/** Everything that is made to fail. */
export const faultKinds = [
  'replica_kill',
  'replica_freeze',
  'postgres_kill',
  'postgres_freeze',
  'backends_kill',
  'llm_kill',
  'llm_drop',
  'llm_misbehave',
  'clients_drop',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One fault, decided before anything runs. */
export interface Fault {
  kind: FaultKind;
  /** When it begins, in milliseconds from the beginning of the load. */
  atMs: number;
  /** How long it lasts; 0 for what happens at once. */
  forMs: number;
  /** Which replica or LLM server; 0 where there is one only. */
  target: number;
  /** 0 to 1: decides what the kind leaves open, such as how many are hit. */
  dice: number;
}
