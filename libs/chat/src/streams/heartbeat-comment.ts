/** Ignored by every reader of server-sent events; keeps proxies from closing a quiet connection. */
export const heartbeatComment = ': still here\n\n';
