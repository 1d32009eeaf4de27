import { chromium } from 'playwright-core';
import { fileURLToPath } from 'node:url';
import { conversations } from './conversations.js';
import { startServer } from './server.js';

/** `npm run screenshots`: takes the screenshots of the page for the documents. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const desktop = { viewport: { width: 1200, height: 820 }, deviceScaleFactor: 1.5 };
const phone = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 1.5,
  isMobile: true,
  hasTouch: true,
};
const screenshots = [
  { name: 'page-light', ...desktop, colorScheme: 'light' },
  { name: 'page-dark', ...desktop, colorScheme: 'dark' },
  { name: 'page-phone', ...phone, colorScheme: 'light' },
];

const server = await startServer(root);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
try {
  const id = await createConversations(server);
  for (const { name, ...options } of screenshots)
    await takeScreenshot(`${server.url}/c/${id}`, name, options);
} finally {
  await browser.close();
  await server.stop();
}

/** Creates the conversations. Returns the id of the last one. */
async function createConversations({ url, llm }) {
  let id = '';
  for (const { title, turns } of conversations) {
    ({ id } = await post(`${url}/api/conversations`, { title }));
    for (const [content, reply] of turns) {
      llm.behave({ reply });
      await post(`${url}/api/conversations/${id}/messages`, { content, model: 'tidewater-8b' });
    }
  }
  return id;
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  return response.json();
}

async function takeScreenshot(url, name, options) {
  const page = await browser.newPage({ ...options, reducedMotion: 'reduce' });
  await page.goto(url);
  await page.locator('.hljs-keyword').first().waitFor();
  await page.getByText('LLM ready').waitFor({ state: 'attached' });
  await page.mouse.click(options.viewport.width / 2, options.viewport.height / 2);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${root}/docs/${name}.png` });
  process.stdout.write(`docs/${name}.png\n`);
  await page.close();
}
