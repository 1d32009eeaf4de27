import { Announcer } from './announcer';

describe('Announcer', () => {
  it('announces a text', () => {
    const announcer = new Announcer();
    announcer.announce('Answer: 42');
    expect(announcer.text()).toBe('Answer: 42');
  });

  it('cuts a text after 1,500 characters', () => {
    const announcer = new Announcer();
    announcer.announce('a'.repeat(1_500));
    expect(announcer.text()).toBe('a'.repeat(1_500));
    announcer.announce('a'.repeat(1_501));
    expect(announcer.text()).toBe(`${'a'.repeat(1_500)} …`);
  });
});
