import { searchQuery } from './search-query.js';

describe('searchQuery', () => {
  it.each([
    ['lisbon', '', "'lisbon':*"],
    ['trip to lis', 'trip to ', "'lis':*"],
    ['trip ', 'trip ', ''],
    ['"trip to', '"trip to', ''],
    ['"trip to" lis', '"trip to" ', "'lis':*"],
    ['trip -lisbon', 'trip -lisbon', ''],
    ['trip OR lisbon', 'trip OR lisbon', ''],
    ["it's", "it's", ''],
    ['???', '???', ''],
    ['', '', ''],
  ])('splits %j into the words %j and the prefix %j', (text, words, prefix) => {
    expect(searchQuery(text)).toEqual({ words, prefix });
  });
});
