import { searchQuery } from './search-query.js';

describe('searchQuery', () => {
  it.each<[string, string, string[]]>([
    ['lisbon', "'lisbon':*", []],
    ['trip to lis', "'trip' & 'to' & 'lis':*", []],
    ['trip ', "'trip'", []],
    ['What?', "'What'", []],
    ['"trip to', "'trip' <-> 'to'", []],
    ['"trip to" lis', "'trip' <-> 'to' & 'lis':*", []],
    ['trip -lisbon', "'trip' & !('lisbon')", []],
    ['-"a b" c', "!('a' <-> 'b') & 'c':*", []],
    ['trip or lisbon', "('trip') | ('lisbon':*)", []],
    ['trip OR OR', "'trip'", []],
    ["it's", "'it' & 's':*", []],
    ['it’s', "'it' & 's':*", []],
    ['???', '', []],
    ['& | ! :* <-> \\', '', []],
    ['', '', []],
    ['我们', "'我们'", []],
    ['里斯本', "'里斯' & '斯本'", ['%里斯本%']],
    ['京', "'京':*", []],
    ['docker部署', "'docker' & '部署'", []],
    ['"东京 塔" x', "'东京' & '塔':* & 'x':*", []],
    ['transport.ts', "'transport' & 'ts':*", ['%transport.ts%']],
    ['src/transport.ts.', "'src' & 'transport' & 'ts':*", ['%src/transport.ts%']],
    ['v1.2 notes', "'v1' & '2':* & 'notes':*", ['%v1.2%']],
    ['foo_bar%', "'foo' & 'bar':*", ['%foo\\_bar\\%%']],
    ['-foo.bar', "!(('foo' <-> 'bar'))", []],
    ['a.b OR c', "(('a' <-> 'b')) | ('c':*)", []],
    ['--force', "'force':*", ['%--force%']],
    ['UserById x', "'UserById':* & 'x':*", []],
    ['c++', "'c'", ['%c++%']],
  ])('reads %j', (text, query, patterns) => {
    expect(searchQuery(text)).toMatchObject({ query, patterns });
  });
});
