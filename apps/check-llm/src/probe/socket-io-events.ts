/** The events in packets of Socket.IO, as JSON lists; packets of the connection itself are left out. */
export function eventsOfPackets(packets: readonly string[]): string[] {
  return packets.flatMap((packet) => /^4[23](?:\/[^,]*,)?\d*(\[[\s\S]*\])$/.exec(packet)?.[1] ?? []);
}
