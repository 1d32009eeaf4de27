import { type EmptyAnswerPolicy, type ReuseSetting } from '#llm';
import { type RouteConfiguration } from '../configuration.js';

/** The content of a valid LLM file (`LLM_CONFIG`). Times are in seconds. */
export interface LlmFile {
  routes: LlmFileRoute[];
  fallback_reply?: string;
  empty_answer?: EmptyAnswerPolicy;
  timeouts?: {
    total?: number;
    connect?: number;
    first_token?: number;
    idle?: number;
    queue?: number;
    ping?: number;
  };
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

/** A route in an LLM file. */
export interface LlmFileRoute {
  name: string;
  endpoints: (string | { url: string; weight?: number })[];
  model?: string;
  /** The name of a shipped protocol, or the path of a file that describes one. */
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
