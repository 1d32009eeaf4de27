/** All kinds of faults. */
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

/** What fails, and how. */
export type FaultKind = (typeof faultKinds)[number];

/** One planned fault. */
export interface Fault {
  kind: FaultKind;
  /** Its start, in milliseconds after the first request. */
  atMs: number;
  /** Its duration in milliseconds; 0 for an instantaneous one. */
  forMs: number;
  /** The index of the replica or LLM server; 0 where there is only one. */
  target: number;
  /** 0 to 1: selects the details of the fault, such as how many connections are closed. */
  variation: number;
}
