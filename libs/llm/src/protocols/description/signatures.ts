import { createHmac } from 'node:crypto';
import { type ProtocolContext } from '../protocol-context.js';
import { type DialTarget } from '../protocol.js';

/** Methods to sign an address, by their names in descriptions. */
export const signatures: Readonly<
  Record<'iflytek', (target: DialTarget, context: ProtocolContext) => DialTarget>
> = {
  iflytek: signForIflytek,
};

/**
 * iFLYTEK Spark's signature: HMAC-SHA256 with the API secret over host, date and request line, in the query. The server
 * accepts dates within 300 s of its own, so the address is signed at every connect.
 */
function signForIflytek(target: DialTarget, { credentials, now }: ProtocolContext): DialTarget {
  const url = new URL(target.url);
  const date = now.toUTCString();
  const secret = String(credentials.variables?.api_secret ?? '');
  const signature = createHmac('sha256', secret)
    .update(`host: ${url.host}\ndate: ${date}\nGET ${url.pathname} HTTP/1.1`)
    .digest('base64');
  const authorization = Buffer.from(
    `api_key="${credentials.apiKey ?? ''}", algorithm="hmac-sha256", ` +
      `headers="host date request-line", signature="${signature}"`,
  ).toString('base64');
  url.search = new URLSearchParams({ authorization, date, host: url.host }).toString();
  return { ...target, url: url.href };
}
