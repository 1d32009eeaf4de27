import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { AIMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import {
  Agent,
  MemorySession,
  OpenAIConversationsSession,
  type Session,
  OpenAIProvider,
  Runner,
} from '@openai/agents';
import { generateText, type LanguageModel, type ModelMessage, streamText } from 'ai';
import type OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

const model = 'default';
const apiKey = 'any-key-will-do';
const reply = 'Hello, Ann.';
/** Two turns of every conversation; the LLM server must know the first in the second. */
const [first, second] = ['I am Ann.', 'Who am I?'];

/** Whether a client streams its answers. */
const forms = ['whole', 'streamed'] as const;
type Form = (typeof forms)[number];

/** The clients that people use with `/v1`, unchanged, in two turns each. */
describe('two turns with', () => {
  let stack: Stack;
  let baseURL: string;

  beforeAll(async () => {
    stack = await Stack.start({ behavior: { reply } });
    baseURL = `${stack.url}/v1`;
  });
  afterEach(() => stack.mock.reset());
  afterAll(() => stack.stop());

  /** Everything that the LLM server got with the latest question, as `role: text`. */
  const sent = (): string[] => {
    const { message, metadata } = stack.mock.requests.at(-1)!.frame as unknown as {
      message: string;
      metadata: { session_context: { messages?: { role: string; content: string }[] } };
    };
    const history = metadata.session_context.messages ?? [];
    return [...history.map(({ role, content }) => `${role}: ${content}`), `user: ${message}`];
  };
  const bothTurns = [`user: ${first}`, `assistant: ${reply}`, `user: ${second}`];
  const question = () => stack.mock.requests.at(-1)!.frame!;

  describe('openai', () => {
    it.each(forms)('chat completions, %s', async (form) => {
      const client = openAiClient(stack);
      const ask = async (messages: OpenAI.ChatCompletionMessageParam[]) => {
        if (form === 'streamed') {
          return (await client.chat.completions.stream({ model, messages }).finalChatCompletion()).choices[0]!
            .message;
        }
        return (await client.chat.completions.create({ model, messages })).choices[0]!.message;
      };
      const begun: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: first }];
      const answer = await ask(begun);
      const next = await ask([...begun, answer, { role: 'user', content: second }]);
      expect([answer.content, next.content]).toEqual([reply, reply]);
      expect(sent()).toEqual(bothTurns);
    });

    it.each(forms)('responses, %s', async (form) => {
      const client = openAiClient(stack);
      const ask = (body: OpenAI.Responses.ResponseCreateParamsNonStreaming) =>
        form === 'streamed'
          ? client.responses.stream({ ...body, stream: true }).finalResponse()
          : client.responses.create(body);
      const answer = await ask({ model, input: first });
      const next = await ask({ model, input: second, previous_response_id: answer.id });
      expect([answer.output_text, next.output_text]).toEqual([reply, reply]);
      expect(sent()).toEqual(bothTurns);
    });
  });

  describe('the AI SDK', () => {
    const models: [string, () => LanguageModel][] = [
      ['@ai-sdk/openai', () => createOpenAI({ baseURL, apiKey })(model)],
      ['@ai-sdk/openai, chat', () => createOpenAI({ baseURL, apiKey }).chat(model)],
      [
        '@ai-sdk/openai-compatible',
        () => createOpenAICompatible({ name: 'parley', baseURL, apiKey, includeUsage: true })(model),
      ],
    ];
    const settings = { topP: 0.9, maxOutputTokens: 50, maxRetries: 0 };
    const ask = async (form: Form, languageModel: LanguageModel, messages: ModelMessage[]) => {
      if (form === 'whole') return generateText({ model: languageModel, messages, ...settings });
      const errors: unknown[] = [];
      const stream = streamText({
        model: languageModel,
        messages,
        ...settings,
        onError: ({ error }) => void errors.push(error),
      });
      const [text, response] = await Promise.all([stream.text, stream.response]);
      expect(errors).toEqual([]);
      return { text, response };
    };

    it.each(models.flatMap(([name, make]) => forms.map((form) => [name, form, make] as const)))(
      '%s, %s',
      async (_, form, languageModel) => {
        const begun: ModelMessage[] = [{ role: 'user', content: first }];
        const answer = await ask(form, languageModel(), begun);
        // The client sends its own record of the answer: of a response, only a reference to the item.
        const messages: ModelMessage[] = [
          ...begun,
          ...answer.response.messages,
          { role: 'user', content: second },
        ];
        const next = await ask(form, languageModel(), messages);
        expect([answer.text, next.text]).toEqual([reply, reply]);
        expect(sent()).toEqual(bothTurns);
        expect(question()).toMatchObject({ settings: { top_p: 0.9 } });
      },
    );

    it('does not ask again after a refusal of a streamed response', async () => {
      stack.mock.behave({ errorCode: 'context_length_exceeded' });
      const before = stack.mock.requests.length;
      const errors: unknown[] = [];
      const { text } = streamText({
        model: createOpenAI({ baseURL, apiKey })(model),
        prompt: 'hi',
        onError: ({ error }) => void errors.push(error),
      });
      await Promise.resolve(text).catch(() => undefined);
      expect(errors).toMatchObject([{ statusCode: 400 }]);
      expect(stack.mock.requests.length - before).toBe(1);
    });
  });

  describe('@langchain/openai', () => {
    it.each([
      ['chat completions', false, 'whole'],
      ['chat completions', false, 'streamed'],
      ['responses', true, 'whole'],
      ['responses', true, 'streamed'],
    ] as const)('%s (Responses: %s), %s', async (_, useResponsesApi, form) => {
      const chat = new ChatOpenAI({
        model,
        apiKey,
        useResponsesApi,
        topP: 0.9,
        maxRetries: 0,
        configuration: { baseURL },
      });
      const ask = async (messages: (HumanMessage | AIMessage)[]): Promise<AIMessage> => {
        if (form === 'whole') return chat.invoke(messages);
        let text = '';
        for await (const chunk of await chat.stream(messages)) text += chunk.text;
        return new AIMessage(text);
      };
      const begun = [new HumanMessage(first)];
      const answer = await ask(begun);
      const next = await ask([...begun, answer, new HumanMessage(second)]);
      expect([answer.text, next.text]).toEqual([reply, reply]);
      expect(sent()).toEqual(bothTurns);
      expect(question()).toMatchObject({ settings: { top_p: 0.9 } });
    });

    it('sends a prompt of system messages alone, and one after the question', async () => {
      const chat = new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL } });
      await chat.invoke([new SystemMessage('Tell a joke.')]);
      expect(sent()).toEqual(['user: Tell a joke.']);
      await chat.invoke([new HumanMessage('Hi.'), new SystemMessage('Answer in French.')]);
      expect(sent()).toEqual(['user: Hi.\n\nAnswer in French.']);
    });

    it('does not ask again after a refusal', async () => {
      stack.mock.behave({ errorCode: 'content_policy_violation' });
      const before = stack.mock.requests.length;
      const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL } });
      await expect(chat.invoke('hi')).rejects.toMatchObject({ status: 400 });
      expect(stack.mock.requests.length - before).toBe(1);
    });
  });

  describe('@openai/agents', () => {
    const sessions: [string, () => Session][] = [
      ['a session in memory', () => new MemorySession()],
      ['a session in conversations', () => new OpenAIConversationsSession({ client: openAiClient(stack) })],
    ];

    it.each(
      sessions.flatMap(([name, make]) =>
        [true, false].flatMap((useResponses) =>
          forms.map((form) => [name, useResponses, form, make] as const),
        ),
      ),
    )('%s (Responses: %s), %s', async (_, useResponses, form, makeSession) => {
      const modelProvider = new OpenAIProvider({ openAIClient: openAiClient(stack), useResponses });
      const runner = new Runner({ modelProvider, tracingDisabled: true });
      // Without a model, the client adds the settings of its default model.
      const agent = new Agent({ name: 'Helper', instructions: 'You help.' });
      const session = makeSession();
      const ask = async (input: string): Promise<string | undefined> => {
        if (form === 'whole') return (await runner.run(agent, input, { session })).finalOutput;
        const result = await runner.run(agent, input, { session, stream: true });
        let text = '';
        for await (const piece of result.toTextStream()) text += piece;
        await result.completed;
        return text;
      };
      expect(await ask(first)).toBe(reply);
      expect(await ask(second)).toBe(reply);
      expect(sent()).toEqual(['system: You help.', ...bothTurns]);
    });
  });
});
