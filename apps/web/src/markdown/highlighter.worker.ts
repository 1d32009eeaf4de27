import { highlighted, type CodeToHighlight } from './highlight';

/** Highlights code: receives {@link CodeToHighlight} and posts the result of `highlighted`. */
addEventListener('message', ({ data }: MessageEvent<CodeToHighlight>) => postMessage(highlighted(data)));
postMessage('ready');
