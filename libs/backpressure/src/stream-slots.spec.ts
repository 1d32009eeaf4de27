import { OwnerStreamsError, ProcessStreamsError } from './errors.js';
import { StreamSlots } from './stream-slots.js';

describe('StreamSlots', () => {
  it('bounds the streams per owner and in total', () => {
    const slots = new StreamSlots({ perOwner: 2, perProcess: 3 });
    const release = slots.take('ann');
    slots.take('ann');
    expect(() => slots.take('ann')).toThrow(OwnerStreamsError);
    slots.take('bob');
    expect(() => slots.take('bob')).toThrow(ProcessStreamsError);
    release();
    release();
    slots.take('bob');
    expect(() => slots.take('ann')).toThrow(ProcessStreamsError);
  });
});
