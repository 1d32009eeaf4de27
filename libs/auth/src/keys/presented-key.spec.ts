import { presentedKey } from './presented-key.js';

describe('presentedKey', () => {
  it.each([
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer   abc ' }, 'abc'],
    [{ 'x-api-key': ' abc ' }, 'abc'],
    [{ authorization: 'Bearer one', 'x-api-key': 'two' }, 'one'],
    [{ authorization: 'Basic dTpw', 'x-api-key': 'two' }, 'two'],
    [{ authorization: 'Basic dTpw' }, undefined],
    [{ authorization: 'Bearer' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ authorization: 'Bearer a b' }, undefined],
    [{ authorization: 'abc' }, undefined],
    [{ 'x-api-key': '  ' }, undefined],
    [{}, undefined],
  ])('%j → %j', (headers, key) => {
    expect(presentedKey(headers)).toBe(key);
  });
});
