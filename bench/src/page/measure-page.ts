import { launchChromium, type MainThread, readMainThread, traceCategories } from '#testing';
import { type Browser } from 'playwright-core';
import { type Lab } from '../lab/lab.js';
import { type AnswerKind, answerKinds, lastWords, longAnswer } from './long-answers.js';

/** What to measure. */
export interface PagePlan {
  kinds: readonly AnswerKind[];
}

/** The figures of the page for one long answer that streams in. */
export interface PageFigures extends MainThread {
  kind: AnswerKind;
  characters: number;
  seconds: number;
}

/** For `--quick`. */
export const quickPage: PagePlan = { kinds: ['mixed'] };
/** The default. */
export const wholePage: PagePlan = { kinds: answerKinds };

const tokensPerSecond = 100;
const timeoutMs = 300_000;

/**
 * Streams long answers at 100 tokens/s into the page in Chromium. Needs the built page.
 * @throws Error if an answer is not shown to its end within 5 minutes
 */
export async function measurePage(
  lab: Lab,
  plan: PagePlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<PageFigures[]> {
  const parley = await lab.startParley({ LLM_MAX_TOKENS: '100000', LLM_TIMEOUT: String(timeoutMs / 1000) });
  const browser = await launchChromium();
  const close = (): void => void browser.close();
  signal.addEventListener('abort', close);
  try {
    const all: PageFigures[] = [];
    for (const kind of plan.kinds) {
      progress(`page: an answer of 20,000 characters (${kind})`);
      await lab.mock.behave({ serviceTimeMs: 0, tokensPerSecond, reply: longAnswer(kind) });
      all.push(await measureAnswer(browser, `http://127.0.0.1:${parley.port}/`, kind));
    }
    return all;
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

async function measureAnswer(browser: Browser, url: string, kind: AnswerKind): Promise<PageFigures> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(url);
  await page.getByLabel('Message', { exact: true }).fill('Go');
  // The page loads code when it is idle, which must not count.
  await page.waitForLoadState('networkidle');
  await browser.startTracing(page, { categories: traceCategories });
  const startedAt = performance.now();
  await page.keyboard.press('Enter');
  await page.getByText(lastWords).waitFor({ timeout: timeoutMs });
  await page.locator('p-answer footer').waitFor();
  const seconds = (performance.now() - startedAt) / 1000;
  const trace = await browser.stopTracing();
  const characters = longAnswer(kind).length;
  await page.close();
  return { kind, characters, seconds, ...readMainThread(trace.toString()) };
}
