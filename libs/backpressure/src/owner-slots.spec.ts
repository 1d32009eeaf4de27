import { OwnerSlots } from './owner-slots.js';

describe('OwnerSlots', () => {
  it('bounds the slots per owner and in total', () => {
    const slots = new OwnerSlots({ perOwner: 2, total: 3 });
    const [first] = [slots.take('ann'), slots.take('ann')];
    expect(slots.take('ann')).toBe('owner_full');
    expect(slots.take('bob')).toBeInstanceOf(Function);
    expect(slots.take('cem')).toBe('all_full');
    (first as () => void)();
    (first as () => void)();
    expect(slots.take('cem')).toBeInstanceOf(Function);
    expect(slots.take('ann')).toBe('all_full');
  });
});
