import { llmDefaults } from '#llm';

/** How long the probes wait for what may not come, in milliseconds. */
export interface ProbeWaits {
  /** For frames that belong to no answer: after a connect, after an answer, after an error. As long as Parley. */
  lateFrameMs: number;
  /** For a refusal after a connect. */
  openMs: number;
  /** For a pong. */
  pingMs: number;
  /** For the end of a canceled answer. */
  stopMs: number;
  /** For the response to an invalid frame. */
  invalidMs: number;
  /** For the next frame once an answer has begun, while the protocol is unknown. */
  quietMs: number;
  /** For the first frame of an answer, while known protocols and common request frames are tried. */
  trialSilenceMs: number;
  /** For the next frame of an answer, at least; LLM_FIRST_TOKEN_TIMEOUT may be longer. */
  leastSilenceMs: number;
  /** For a part of an answer once the server has responded, while known protocols are tried. */
  trialNoAnswerMs: number;
}

/** The waits of the program. `lateFrameMs` is the `restMs` of Parley's connections. */
export const defaultWaits: ProbeWaits = {
  lateFrameMs: 1_500,
  openMs: 300,
  pingMs: 5_000,
  stopMs: 5_000,
  invalidMs: 3_000,
  quietMs: 2_000,
  trialSilenceMs: 4_000,
  leastSilenceMs: llmDefaults.timeouts.firstTokenMs,
  trialNoAnswerMs: 2_000,
};
