import { type VariableName } from '../environment.js';

/** Variables that belong together, as docs/configuration.md and .env.example list them. */
export interface VariableGroup {
  title: string;
  /** What each variable does: one or more plain sentences. Markdown code spans are allowed. */
  variables: Partial<Record<VariableName, string>>;
}

/** Every variable of `Environment`, once. A spec fails if one is missing. */
export const variableGroups: readonly VariableGroup[] = [
  {
    title: 'Server',
    variables: {
      NODE_ENV: 'The mode. `production` requires `DATABASE_URL` and the address of an LLM server.',
      HOST: 'The address to listen on. `0.0.0.0` accepts connections from other machines and requires `AUTH=keys`.',
      PORT: 'The port to listen on. `0` picks a free one.',
      BASE_PATH:
        'The path at which a reverse proxy serves the server, such as `/chat/`. The proxy may remove it or keep it; without it, requests work as well.',
      CORS_ORIGINS:
        'Origins whose web pages may call the API from a browser, such as `http://localhost:5173`. `*` allows all.',
      ALLOWED_HOSTS:
        'Host names that requests may use, with or without a port. `*` allows all. Loopback names are always allowed. If this is empty, `AUTH=keys` allows every name and `AUTH=none` allows loopback names only.',
      PUBLISHED_HOST:
        'The address on which the port of a container is published, if `HOST` is an address inside the container. If this is empty, `HOST` counts.',
      TRUST_PROXY:
        'Reverse proxies whose `X-Forwarded-…` headers are trusted: addresses, networks such as `10.0.0.0/8`, `loopback`, `linklocal`, `uniquelocal`, or a number of hops.',
      REQUEST_TIMEOUT:
        'The longest time for the headers and the body of a request to arrive. Headers have at most 10 seconds.',
      RESPONSE_STALL_TIMEOUT:
        'A connection is closed if its client reads nothing of a pending response for this long.',
      RESPONSE_MEMORY: 'Memory for large responses in progress, in MiB. One owner may use a quarter of it.',
      MAX_STREAMS_PER_OWNER: 'The most event streams that one owner may have open.',
      MAX_STREAMS:
        'The most event streams that all owners together may have open. `0` derives the number from the limit of open files.',
      MAX_CONNECTIONS: 'The most HTTP connections. `0` derives the number from the limit of open files.',
      SHUTDOWN_DELAY:
        'How long the server accepts requests after readiness has become 503. Set it to the time that a load balancer needs to notice.',
      DRAIN_TIMEOUT: 'How long running answers may continue after the server was asked to stop.',
      RUN_LEASE:
        'If a server process has not renewed its leases for this long, other processes take over its runs. Values below 5 risk a takeover during a long garbage collection.',
      RETENTION_DAYS:
        'Conversations without a message for this many days are deleted. `0` keeps them forever.',
    },
  },
  {
    title: 'Logs',
    variables: {
      LOG_LEVEL: 'The lowest level that is logged.',
      LOG_FORMAT:
        'The format of log lines. If this is empty: `pretty` on a terminal outside production, else `json`.',
    },
  },
  {
    title: 'Database',
    variables: {
      DATABASE_URL:
        'The PostgreSQL to use: `postgres://user:password@host:5432/name`, with `?sslmode=verify-full` for TLS. With several hosts (`host1:5432,host2:5432`), Parley uses the one that accepts writes ([operations](operations.md#postgresql)). If this is empty, `npm start` runs an embedded PostgreSQL.',
      DATABASE_POOL_SIZE: 'The most connections to the database.',
      DATABASE_TIMEOUT:
        'The longest time for a database statement. A request that needs the database longer is answered with 503.',
      DATABASE_PREPARED_STATEMENTS:
        'Set it to `false` behind a pooler in transaction mode that does not support prepared statements. Parley recognizes such a pooler, and does not start with `true`.',
      SEARCH_TIMEOUT: 'The longest time for one search of conversations. PostgreSQL then cancels it.',
      DATA_DIRECTORY: 'The folder in which the embedded PostgreSQL keeps its data.',
    },
  },
  {
    title: 'LLM servers',
    variables: {
      LLM_CONFIG:
        'The path of a file with the whole fallback chain, such as `examples/llm.yaml`. It replaces `LLM_WEBSOCKET_URL`, `LLM_WEBSOCKET_URLS` and `LLM_FALLBACK_URLS`.',
      LLM_WEBSOCKET_URL:
        'The address of your LLM server, `ws://` or `wss://`. If this is empty, `npm start` runs a mock LLM server.',
      LLM_WEBSOCKET_URLS:
        'Further servers that serve the same model. Requests are balanced over all of them.',
      LLM_PROTOCOL:
        'The protocol of your servers: `guide`, `openai-responses`, `openai-realtime`, `typed-events`, `iflytek-spark`, `gemini-live`, or the path of a YAML file that describes it.',
      LLM_PROTOCOL_VARIABLES:
        'Values that the protocol needs besides the API key, such as `app_id=1,api_secret=s`.',
      LLM_BALANCER:
        'How the next server is chosen. `priority` always uses the first healthy one in the order of the addresses.',
      LLM_FALLBACK_URLS: 'The second route: servers that are asked if none of the servers above answers.',
      LLM_FALLBACK_REPLY: 'The answer if no server answers. If this is empty, the caller gets an error.',
      LLM_API_KEY: 'Sent to the servers as `Authorization: Bearer …`.',
      LLM_API_VERSION: 'Sent to the servers as `X-API-Version`.',
      LLM_CLIENT_ID: 'Sent to the servers as `X-Client-ID`.',
      LLM_MODEL_NAME: 'The model to request if a message does not name one.',
      LLM_MAX_TOKENS: 'The longest answer in tokens, if a message does not set `max_tokens`.',
      LLM_TEMPERATURE: 'The temperature, if a message does not set one.',
      LLM_EXTRA_CA:
        'The path of a PEM file with certificates to trust for `wss://`, in addition to those of the system.',
      HTTPS_PROXY:
        'The HTTP proxy for connections to LLM servers, such as `http://user:password@proxy.example:3128`. It must allow `CONNECT` to their ports. `https_proxy` works too, and takes precedence, as with the two variables below.',
      HTTP_PROXY: 'The proxy for `ws://` addresses if `HTTPS_PROXY` is not set.',
      NO_PROXY:
        'Servers that are reached without a proxy: names (with their subdomains), IP addresses, ranges such as `10.0.0.0/8`, each with an optional port, or `*`. The mock LLM server of `npm start` never needs it.',
      LLM_MULTIPLEX:
        'Set it to `true` if your servers repeat the request id in every frame: requests then share connections.',
      LLM_REUSE:
        'When a connection to a server that does not repeat request ids may serve another caller: after a quiet period (`settled`), never, or always. `always` can deliver an answer to the wrong caller.',
      LLM_EMPTY_ANSWER:
        'An answer without text is a failure, and another server is asked (`retry`), or it is valid (`accept`).',
    },
  },
  {
    title: 'LLM servers: deadlines and limits',
    variables: {
      LLM_TIMEOUT: 'The deadline of a whole answer, including retries.',
      LLM_CONNECT_TIMEOUT: 'The longest time for a connection to open.',
      LLM_FIRST_TOKEN_TIMEOUT:
        'The longest time until the first piece of a streamed answer, or of any answer if the protocol always streams.',
      LLM_IDLE_TIMEOUT: 'The longest time between two pieces of a streamed answer.',
      LLM_QUEUE_TIMEOUT: 'The longest time that a request waits for a connection.',
      LLM_PING_TIMEOUT:
        'An idle connection on which nothing arrives for so long after a ping is closed. While an answer is awaited, only the timeouts above apply.',
      LLM_MAX_RETRIES: 'How often a failed request is retried within one route. `0` disables retries.',
      LLM_RETRY_BASE_MS:
        'The longest pause before the first retry, in milliseconds. The longest pause doubles with each further retry.',
      LLM_RETRY_MAX_MS: 'The longest pause before any retry, in milliseconds.',
      LLM_HEDGING:
        'If `true`, a second server is asked when the first one takes longer to begin than it usually does.',
      LLM_MAX_CONNECTIONS: 'The most connections to each server.',
      LLM_MAX_QUEUE: 'The most requests that wait for a connection. Further ones are answered with 503.',
    },
  },
  {
    title: 'History sent to the LLM',
    variables: {
      HISTORY_MAX_MESSAGES:
        'The most earlier messages that are sent with a message, as whole turns: a question and its answer count as two. `0` sends none.',
      HISTORY_MAX_CHARS:
        'The most characters of earlier messages that are sent with a message, as whole turns.',
    },
  },
  {
    title: 'Access',
    variables: {
      AUTH: '`none` allows everyone, on loopback addresses only. `keys` requires an API key.',
      API_KEYS:
        'The keys of callers, as `name:key`. The name is the owner of the conversations that the key creates. A key has at least 16 characters; `openssl rand -hex 32` generates one.',
      OPERATOR_KEYS:
        'Keys that may also read `/metrics` and the addresses in `/api/llm/health`, in the format of `API_KEYS`.',
      OWNER_SHARE:
        'The part of LLM connections, database connections and queues that one owner may use while others use none. `1` removes the limit. It has no effect with a single owner.',
      AUTH_INSECURE: 'Set it to `true` to allow `AUTH=none` although other machines can reach `HOST`.',
      ANONYMOUS_CONNECTIONS:
        'The most connections from one client address that have not sent a valid key. A new one closes the oldest.',
      FAILED_SIGN_INS:
        'The most failed sign-ins from one client address per minute. Further ones get 429; valid keys are always accepted.',
    },
  },
];
