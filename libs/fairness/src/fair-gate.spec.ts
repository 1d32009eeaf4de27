import { FairGate, type FairGateOptions } from './fair-gate.js';

const gateOf = (options: Partial<FairGateOptions> = {}): FairGate =>
  new FairGate({
    slots: 2,
    share: 0.5,
    maxWaiting: 5,
    waitingShare: 0.8,
    refuse: (reason) => new Error(`refused: ${reason}`),
    ...options,
  });

describe('FairGate', () => {
  it('keeps a slot free for another owner, and admits waiting callers round robin', async () => {
    const gate = gateOf();
    const entered: string[] = [];
    await gate.enter('ann');
    const waiting = ['ann', 'ann', 'bob', 'eve'].map(async (owner) => {
      await gate.enter(owner);
      entered.push(owner);
    });
    await waiting[2];
    expect([entered, gate.waiting]).toEqual([['bob'], 3]);
    // Ann is already inside, so Eve gets the other slot although she arrived last.
    gate.leave('bob');
    await waiting[3];
    gate.leave('eve');
    expect(gate.waiting).toBe(2);
    gate.leave('ann');
    await waiting[0];
    gate.leave('ann');
    await Promise.all(waiting);
    expect([entered, gate.waiting]).toEqual([['bob', 'eve', 'ann', 'ann'], 0]);
  });

  it('refuses an owner that fills its share of the queue, then every caller', async () => {
    const gate = gateOf({ slots: 1, maxWaiting: 5 });
    await gate.enter('ann');
    const waiting = Array.from({ length: 4 }, () => gate.enter('ann'));
    await expect(gate.enter('ann')).rejects.toThrow('refused: owner');
    waiting.push(gate.enter('bob'));
    await expect(gate.enter('eve')).rejects.toThrow('refused: full');
    await expect(gate.enter(undefined)).rejects.toThrow('refused: full');
    for (const owner of ['ann', 'ann', 'bob', 'ann', 'ann', 'ann']) gate.leave(owner);
    await Promise.all(waiting);
    expect(gate.tryEnter('eve')).toBe(true);
  });

  it('rejects a waiting caller whose signal is aborted, and no other', async () => {
    const gate = gateOf({ slots: 1 });
    await gate.enter('ann');
    const leaver = new AbortController();
    const leaving = gate.enter('ann', leaver.signal);
    const staying = gate.enter('ann');
    leaver.abort(new Error('left'));
    await expect(leaving).rejects.toThrow('left');
    await expect(gate.enter('bob', leaver.signal)).rejects.toThrow('left');
    gate.leave('ann');
    await staying;
    gate.leave('ann');
    expect([gate.waiting, gate.tryEnter('bob')]).toEqual([0, true]);
  });
});
