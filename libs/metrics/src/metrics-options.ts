/** What the application decides about the metrics page. */
export interface MetricsOptions {
  /**
   * Is the page open to everybody, with or without a key? `false` if left out: it is guarded as the API is, and where
   * there are no keys (`mode: 'none'`) that lets everybody pass anyway. The page shows addresses of LLM servers, route
   * and model names and error codes; never a key, a password, or what people wrote.
   */
  public?: boolean;
}
