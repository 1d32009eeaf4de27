import { EventQueue } from './event-queue.js';

describe('EventQueue', () => {
  it('delivers all events in order, then nothing', async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    queue.push(2);
    expect(await queue.take()).toEqual([1, 2]);
    queue.push(3);
    queue.end();
    expect(await queue.take()).toEqual([3]);
    expect(await queue.take()).toEqual([]);
    expect(await queue.take()).toEqual([]);
  });

  it('wakes its reader once for several events', async () => {
    const queue = new EventQueue<number>();
    const taken = queue.take();
    queue.push(1);
    queue.push(2);
    expect(await taken).toEqual([1, 2]);
  });

  it('wakes a reader when it ends or fails', async () => {
    const ended = new EventQueue<number>();
    const taken = ended.take();
    ended.end();
    expect(await taken).toEqual([]);
    const failed = new EventQueue<number>();
    const failing = failed.take();
    failed.fail(new Error('gone'));
    await expect(failing).rejects.toThrow('gone');
  });

  it('delivers events before a failure, and none after it', async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    queue.push(2);
    expect(await queue.take()).toEqual([1]);
    await expect(queue.take()).rejects.toThrow('first');
    await expect(queue.take()).rejects.toThrow('first');
  });

  it('does not fail after its end', async () => {
    const queue = new EventQueue<number>();
    queue.end();
    queue.fail(new Error('late'));
    expect(await queue.take()).toEqual([]);
  });
});
