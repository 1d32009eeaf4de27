/** The injection token of the `Clock` (libs/llm) that this module takes times and timers from. */
export const CLOCK = Symbol('Clock');
