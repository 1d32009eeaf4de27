import { Random } from '../random.js';
import { drawTurn, type TurnPlan } from './turn-plan.js';

describe('drawTurn', () => {
  const draw = (isRough: boolean): TurnPlan[] => {
    const random = new Random(1);
    return Array.from({ length: 1_000 }, () => drawTurn(random, { isRough }));
  };
  const sends = (turns: TurnPlan[]) => turns.flatMap((turn) => turn.sends);

  it('draws every way to send, wait, disconnect and resume', () => {
    const turns = draw(true);
    const all = sends(turns);
    expect(new Set(all.map(({ form }) => form))).toEqual(new Set(['json', 'events', 'async']));
    expect(new Set(all.map(({ onBusy }) => onBusy))).toEqual(new Set(['reject', 'queue', 'interrupt']));
    for (const happens of [
      all.some(({ hasKey, hasOwnId }) => hasKey && hasOwnId),
      all.some(({ hasKey, hasOwnId }) => !hasKey && !hasOwnId),
      all.some(({ copies }) => copies > 2),
      all.some(({ drops }) => drops.length > 1),
      all.some(({ cancelAfterMs }) => cancelAfterMs !== undefined),
      all.some(({ isEdit }) => isEdit),
      turns.some(({ sends: { length } }) => length === 2),
      turns.some(({ cancelsLate }) => cancelsLate),
      turns.some(({ isWatched }) => isWatched),
    ]) {
      expect(happens).toBe(true);
    }
  });

  it('sends several equal requests only with a key or an id', () => {
    const copied = sends(draw(true)).filter(({ copies }) => copies > 1);
    expect(copied.every(({ hasKey, hasOwnId }) => hasKey || hasOwnId)).toBe(true);
  });

  it('neither disconnects nor cancels in a rolling restart, and waits for short answers only', () => {
    const turns = draw(false);
    const all = sends(turns);
    expect(all.every(({ drops, cancelAfterMs }) => drops.length === 0 && cancelAfterMs === undefined)).toBe(
      true,
    );
    expect(turns.some(({ cancelsLate }) => cancelsLate)).toBe(false);
    const waiting = turns.filter((turn) => turn.sends.some(({ form }) => form === 'json'));
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.every((turn) => turn.sends.length === 1 && !turn.sends[0]!.isLong)).toBe(true);
  });
});
