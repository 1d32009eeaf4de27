/** The form of {@link uniqueRequestId}. */
const uniqueForm = /^[0-9a-f]{12}-\d{1,15}$/;

/**
 * An id that no other request of this process or of another replica has.
 * @param connectionId 48 random bits in hexadecimal digits
 * @param count the number of the request on that connection
 */
export function uniqueRequestId(connectionId: string, count: number): string {
  return `${connectionId}-${count}`;
}

/**
 * Whether an id was given by this client, on any connection. Servers that repeat ids and send every frame to all of
 * their connections show ids of other connections; such a frame is never the answer to a request that has another id.
 */
export function isUniqueRequestId(id: string | undefined): boolean {
  return id !== undefined && uniqueForm.test(id);
}
