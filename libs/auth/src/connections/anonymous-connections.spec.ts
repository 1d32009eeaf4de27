import { type AnonymousConnection, AnonymousConnections } from './anonymous-connections.js';

describe('AnonymousConnections', () => {
  const closed: string[] = [];
  const connection = (name: string, address = 'a', isIdle = true): AnonymousConnection => ({
    address,
    isIdle,
    close: () => void closed.push(name),
  });
  beforeEach(() => void closed.splice(0));

  it('closes the oldest idle connection of an address for a new one', () => {
    const connections = new AnonymousConnections(3, 100);
    connections.add(connection('1', 'a', false));
    for (const name of ['2', '3', '4', '5']) connections.add(connection(name));
    connections.add(connection('6', 'b'));
    expect(closed).toEqual(['2', '3']);
    expect(connections.size).toBe(4);
  });

  it('closes the oldest connection if none is idle', () => {
    const connections = new AnonymousConnections(2, 100);
    for (const name of ['1', '2', '3']) connections.add(connection(name, 'a', false));
    expect(closed).toEqual(['1']);
  });

  it('bounds all addresses together', () => {
    const connections = new AnonymousConnections(3, 4);
    for (const name of ['1', '2', '3', '4', '5', '6']) connections.add(connection(name, name));
    expect(closed).toEqual(['1', '2']);
    expect(connections.size).toBe(4);
  });

  it('does not count a deleted connection', () => {
    const connections = new AnonymousConnections(2, 100);
    const known = connection('1');
    connections.add(known);
    connections.delete(known);
    connections.delete(known);
    for (const name of ['2', '3']) connections.add(connection(name));
    expect(closed).toEqual([]);
  });
});
