import { type EmptyAnswerPolicy, type ReuseSetting } from '#llm';
import { type RouteConfiguration } from '../configuration.js';

/** What `LLM_CONFIG` holds, once it is known to fit the schema. Times are in seconds; what is left out is undefined. */
export interface LlmFile {
  routes: LlmFileRoute[];
  fallback_reply?: string;
  empty_answer?: EmptyAnswerPolicy;
  timeouts?: { total?: number; connect?: number; first_token?: number; idle?: number; queue?: number };
  retry?: {
    max_retries?: number;
    base?: number;
    max?: number;
    budget?: { ratio?: number; floor?: number; per_second?: number };
  };
  breaker?: {
    failures?: number;
    failure_rate?: number;
    min_requests?: number;
    window?: number;
    open?: number;
    max_open?: number;
    forget?: number;
  };
  hedging?: { on?: boolean; ratio?: number; min_samples?: number };
  connections?: { max?: number; max_queue?: number; multiplex?: boolean; reuse?: ReuseSetting };
}

export interface LlmFileRoute {
  name: string;
  endpoints: (string | { url: string; weight?: number })[];
  model?: string;
  /** A name, or the path of a file. */
  protocol?: string;
  variables?: RouteConfiguration['variables'];
  multiplex?: boolean;
  reuse?: ReuseSetting;
  empty_answer?: EmptyAnswerPolicy;
  balancer?: RouteConfiguration['balancer'];
  api_key?: string;
  api_version?: string;
  client_id?: string;
}
