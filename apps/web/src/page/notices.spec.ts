import { jest } from '@jest/globals';
import { Notices } from './notices';

describe('Notices', () => {
  let notices: Notices;
  const texts = (): string[] => notices.all().map(({ text }) => text);

  beforeEach(() => {
    jest.useFakeTimers();
    notices = new Notices();
  });
  afterEach(() => void jest.useRealTimers());

  it('disappear after 5 s, and after 8 s with an action', () => {
    notices.show('Copied');
    notices.show('Deleted', { label: 'Undo', run: () => undefined });
    jest.advanceTimersByTime(4_999);
    expect(texts()).toEqual(['Copied', 'Deleted']);
    jest.advanceTimersByTime(1);
    expect(texts()).toEqual(['Deleted']);
    jest.advanceTimersByTime(3_000);
    expect(texts()).toEqual([]);
  });

  it('report that they expired', () => {
    const onExpired = jest.fn();
    notices.show('Deleted', { label: 'Undo', run: () => undefined }, onExpired);
    jest.advanceTimersByTime(7_999);
    expect(onExpired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onExpired).toHaveBeenCalledTimes(1);
  });

  it('disappear when their action runs, and do not expire then', () => {
    const run = jest.fn();
    const onExpired = jest.fn();
    notices.show('Deleted', { label: 'Undo', run }, onExpired);
    notices.all()[0]!.action!.run();
    expect([texts(), run.mock.calls.length]).toEqual([[], 1]);
    jest.runAllTimers();
    expect(onExpired).not.toHaveBeenCalled();
  });

  it('are dismissed one by one', () => {
    notices.show('First');
    notices.show('Second');
    notices.dismiss(notices.all()[0]!.id);
    expect(texts()).toEqual(['Second']);
  });
});
