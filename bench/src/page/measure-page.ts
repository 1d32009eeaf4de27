import { launchChromium, type MainThread, readMainThread, traceCategories } from '#testing';
import { type Browser } from 'playwright-core';
import { type Lab } from '../lab/lab.js';
import { type AnswerKind, answerKinds, lastWords, longAnswer } from './long-answers.js';

/** How thoroughly to measure. */
export interface PagePlan {
  kinds: readonly AnswerKind[];
}

/** What a page did while it showed one long answer being written. */
export interface PageFigures extends MainThread {
  kind: AnswerKind;
  characters: number;
  seconds: number;
}

export const quickPage: PagePlan = { kinds: ['mixed'] };
export const wholePage: PagePlan = { kinds: answerKinds };

const tokensPerSecond = 100;
const patienceMs = 300_000;

/**
 * Long answers at a fast LLM's pace, in a real browser: Debian's Chromium, or the one that CHROMIUM names. Needs the built page.
 * @throws Error when an answer is not shown to its end
 */
export async function measurePage(
  lab: Lab,
  plan: PagePlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<PageFigures[]> {
  const parley = await lab.startParley({ LLM_MAX_TOKENS: '100000', LLM_TIMEOUT: String(patienceMs / 1000) });
  const browser = await launchChromium();
  const close = (): void => void browser.close();
  signal.addEventListener('abort', close);
  try {
    const all: PageFigures[] = [];
    for (const kind of plan.kinds) {
      progress(`page: an answer of 20,000 characters (${kind})`);
      await lab.mock.behave({ serviceTimeMs: 0, tokensPerSecond, reply: longAnswer(kind) });
      all.push(await watchAnswer(browser, `http://127.0.0.1:${parley.port}/`, kind));
    }
    return all;
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

async function watchAnswer(browser: Browser, url: string, kind: AnswerKind): Promise<PageFigures> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(url);
  await page.getByLabel('Message', { exact: true }).fill('Go');
  // What the page loads when it has nothing else to do is not part of the answer.
  await page.waitForLoadState('networkidle');
  await browser.startTracing(page, { categories: traceCategories });
  const begun = performance.now();
  await page.keyboard.press('Enter');
  await page.getByText(lastWords).waitFor({ timeout: patienceMs });
  await page.locator('p-answer footer').waitFor();
  const seconds = (performance.now() - begun) / 1000;
  const trace = await browser.stopTracing();
  const characters = longAnswer(kind).length;
  await page.close();
  return { kind, characters, seconds, ...readMainThread(trace.toString()) };
}
