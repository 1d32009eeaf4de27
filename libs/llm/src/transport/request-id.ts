/** The form of {@link uniqueRequestId}. */
const uniqueForm = /^[0-9a-f]{12}-\d{1,15}$/;

/**
 * Creates an id that is unique among all requests of all replicas.
 * @param connectionId 48 random bits in hexadecimal digits
 * @param count the number of the request on that connection
 */
export function uniqueRequestId(connectionId: string, count: number): string {
  return `${connectionId}-${count}`;
}

/**
 * Whether an id was created by this client, on any connection. Servers that send every frame to all of their connections
 * repeat ids of other connections; such a frame is never the answer to a request with another id.
 */
export function isUniqueRequestId(id: string | undefined): boolean {
  return id !== undefined && uniqueForm.test(id);
}
