import { type ProtocolContext } from './protocol-context.js';
import { type Learned } from './protocol.js';

/** An HTTP request. */
export interface HttpRequest {
  method: string;
  /** `http:` or `https:`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
}

/** A response with a status below 400. */
export interface HttpResponse {
  status: number;
  /** By lower-case name; several values of one name are joined with a comma. */
  headers: Readonly<Record<string, string>>;
  /** The names and values of its cookies, as in the header `Cookie`. */
  cookies: string;
  body: string;
}

/** An HTTP request before each connection, such as one that creates a session. Its values are in `learned` from then on. */
export interface SessionRequest {
  /** Creates the request. @param url the address of the endpoint */
  request(url: string, context: ProtocolContext): HttpRequest;
  /** Reads the values to save. Throws an error that names a missing one. */
  learn(response: HttpResponse): Learned;
}
