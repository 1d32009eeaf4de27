/** What the application decides about the metrics page. */
export interface MetricsOptions {
  /**
   * Whether the page is open without a key. `false` if left out: it needs an operator key if keys are in use (`mode:
   * 'keys'`). The page shows addresses of LLM servers, route and model names and error codes; never a key, a password,
   * or what people wrote.
   */
  public?: boolean;
}
