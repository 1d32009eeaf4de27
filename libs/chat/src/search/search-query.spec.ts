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
  ])('reads %j as %j and %j', (text, rest, begun) => {
    expect(searchQuery(text)).toEqual({ rest, begun });
  });
});
