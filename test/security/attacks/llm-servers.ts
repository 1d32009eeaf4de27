import { type MeasuredServer } from '../measured-server.js';
import { counted, type Attack } from './attack.js';

async function ask(
  server: MeasuredServer,
  message: string,
): Promise<{ status: number | string; text: string }> {
  return server.call('POST', '/api/chat', { message });
}

/** Questions that select the behavior of `HostileLlm`. */
const hostileAnswers = [
  'H:deepmetadata 4000',
  'H:bigmetadata 15000000',
  'H:manymetadata 500000',
  'H:deepframe 1000000',
  'H:manytokens',
  'H:negativetokens',
  'H:infinitetokens',
  'H:control',
  'H:flood 300000',
];

/** Attacks by an LLM server with excessive answers. */
export const llmAttacks: readonly Attack[] = [
  {
    name: 'a hostile LLM: metadata, token counts, frames and pieces beyond all bounds',
    // The server repeats no ids, so the other user's chats would also show the 250 ms that a new connection must be quiet.
    environment: { LLM_REUSE: 'always' },
    run: async (server) => {
      const statuses = [];
      for (const question of hostileAnswers) statuses.push((await ask(server, question)).status);
      return counted(statuses);
    },
    responses: /^200×9$|^(200|503)/,
  },
];
