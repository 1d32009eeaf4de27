/** Options of `MetricsModule`. */
export interface MetricsOptions {
  /**
   * Whether the metrics are served without a key. Default false: they require an operator key if keys are in use (`mode:
   * 'keys'`). They contain addresses of LLM servers, names of routes and models, and error codes; never keys, passwords or
   * messages.
   */
  public?: boolean;
}
