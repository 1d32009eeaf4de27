import { type FilledHistory } from './fill-tables.js';

/** A page of the REST API. */
export interface HistoryPage {
  name: string;
  path: string;
  kind: 'messages' | 'conversations' | 'search';
}

/** Every kind of page, from all positions in the history. */
export function historyPages(history: FilledHistory): HistoryPage[] {
  const { longConversation, middle, nearEnd, oldLeaf, middleConversation, lastConversation } = history;
  const messages = (name: string, query: string): HistoryPage => ({
    name,
    path: `/api/conversations/${longConversation}/messages?limit=50${query}`,
    kind: 'messages',
  });
  const conversations = (name: string, query: string): HistoryPage => ({
    name,
    path: `/api/conversations?limit=50${query}`,
    kind: 'conversations',
  });
  const search = (words: string, name = `"${words}"`, query = ''): HistoryPage => ({
    name,
    path: `/api/conversations?limit=50&q=${encodeURIComponent(words)}${query}`,
    kind: 'search',
  });
  return [
    messages('from the start', ''),
    messages('from the middle', `&after=${middle}`),
    messages('backwards from the middle', `&before=${middle}`),
    messages('at the end', `&after=${nearEnd}`),
    messages('backwards from the end', `&before=${nearEnd}`),
    messages('of an older branch', `&leaf=${oldLeaf}`),
    messages('backwards in an older branch', `&leaf=${oldLeaf}&before=${oldLeaf}`),
    messages('of the branch through a message', `&through=${middle}&after=${middle}`),
    messages('of all branches', `&leaf=all&after=${middle}`),
    conversations('newest', ''),
    conversations('from the middle', `&after=${middleConversation}`),
    conversations('backwards from the middle', `&before=${middleConversation}`),
    conversations('backwards from the end', `&before=${lastConversation}`),
    search('common', 'a word in all of them'),
    search('common', 'a word in all of them, from the middle', `&after=${middleConversation}`),
    search('common', 'a word in all of them, backwards', `&before=${middleConversation}`),
    search('common words', 'two such words'),
    search('begun', 'a prefix of 2,000 words'),
    search('begun7 ', 'a word in a thousandth of them'),
    search('rare ', 'a word in five of them'),
    search('old ', 'a word in the older half'),
    search('common -words', 'a word without another one'),
    search('nowhere ', 'a word in none'),
    search('部署', 'two letters of a text without spaces, in all of them'),
    search('\u5007部', 'two such letters, in a thousandth of them'),
    search('part7/file.t', 'a part of a path, in a thousandth of them'),
    search('1.7.3', 'a part of a version, in a thousandth of them'),
  ];
}
