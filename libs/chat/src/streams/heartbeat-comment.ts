/** A comment line, which readers of server-sent events ignore (WHATWG HTML, section 9.2.6). It keeps proxies from closing a quiet connection. */
export const heartbeatComment = ': still here\n\n';
