import fastifyStatic from '@fastify/static';
import { type FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageHeaders } from './page-headers.js';

/** Paths at which the page opens a conversation. Ids contain no dots and slashes, not even encoded ones. */
const deepLinks = [String.raw`/c/:id(^[\w-]{1,64}$)`];

const notBuilt = `The chat page has not been built. Run

  npm run build:web

and start the server again. The API is described at /docs.
`;

/**
 * Serves the built page at `/` and `/c/ID`, and the files that exist in its folder when the server starts. Other paths, such
 * as scripts of an earlier build, are not handled here. Without a built page, the page's paths respond 404 and say how to
 * build it.
 * @param folder contains index.html and its files; files may have compressed versions (.br, .gz) beside them
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
    const html = deepLinkPage(await readFile(join(folder, 'index.html'), 'utf8'));
    const etag = `"${createHash('sha256').update(html).digest('base64url')}"`;
    for (const path of deepLinks) {
      page.get(path, (request, reply) => {
        reply.headers({ ...pageHeaders('index.html'), etag });
        if (request.headers['if-none-match'] === etag) return reply.code(304).send();
        return reply.type('text/html; charset=utf-8').send(html);
      });
    }
  });
}

/** The page's URLs are relative, so that it works below any path. `/c/ID` is one level deeper than `/`. */
function deepLinkPage(html: string): string {
  return html.replace('<base href="./"', '<base href="../"');
}
