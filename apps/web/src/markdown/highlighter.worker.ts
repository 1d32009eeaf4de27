import { type CodeToHighlight, highlight } from './highlight';

/** Highlights code: receives {@link CodeToHighlight} and posts the result of {@link highlight}. */
addEventListener('message', ({ data }: MessageEvent<CodeToHighlight>) => postMessage(highlight(data)));
postMessage('ready');
