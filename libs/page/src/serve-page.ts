import fastifyStatic from '@fastify/static';
import { type FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pageHeaders } from './page-headers.js';

/** Where the page itself knows what to show. An id has no dots and slashes, also none that are encoded. */
const deepLinks = [String.raw`/c/:id(^[\w-]{1,64}$)`];

const notBuilt = `The chat page has not been built. Run

  npm run build:web

and start the server again. The API is described at /docs.
`;

/**
 * Serves the built page at `/` and at its deep links, and the files beside it, as they are when the server starts. Any other
 * path is left to others: an unknown one, and a chunk of an earlier build, are 404.
 * @param folder has index.html and the files that it needs, each with .br and .gz beside it or not
 */
export async function servePage(fastify: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    for (const path of ['/', ...deepLinks]) {
      fastify.get(path, (_request, reply) =>
        reply.code(404).type('text/plain; charset=utf-8').send(notBuilt),
      );
    }
    return;
  }
  await fastify.register(async (page) => {
    await page.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      globIgnore: ['**/*.br', '**/*.gz'],
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => void reply.headers(pageHeaders(path)),
    });
    for (const path of deepLinks) page.get(path, (_request, reply) => reply.sendFile('index.html'));
  });
}
