import { openAiUrl } from './openai-url.js';

describe('the URLs of /v1', () => {
  it.each([
    ['/v1//chat/completions', '/v1/chat/completions'],
    ['//v1///responses/?stream=true&a=//', '/v1/responses?stream=true&a=//'],
    ['/v1/chat/completions/', '/v1/chat/completions'],
    ['/v1/models/org/model', '/v1/models/org%2Fmodel'],
    ['/v1//models/org/a/b?x=/', '/v1/models/org%2Fa%2Fb?x=/'],
  ])('%s is %s', (url, expected) => {
    expect(openAiUrl(url)).toBe(expected);
  });

  it.each([
    '/v1/models',
    '/v1/models/',
    '/v1/models/org%2Fmodel',
    // An empty id is not a request to create a conversation.
    '/v1/conversations/',
    '/v1/conversations//items',
    '/v1/responses/resp_1?a=b/',
    '/api//conversations/',
    '/v10//models',
    '/',
    '//example.com/v1//models',
    'http://example.com/v1//models',
    '/?/v1//',
  ])('%s stays as it is', (url) => {
    expect(openAiUrl(url)).toBe(url);
  });
});
