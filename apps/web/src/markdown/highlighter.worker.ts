import { highlighted, type CodeToHighlight } from './highlight';

/** Highlights code: takes {@link CodeToHighlight}, answers what `highlighted` does. */
addEventListener('message', ({ data }: MessageEvent<CodeToHighlight>) => postMessage(highlighted(data)));
postMessage('ready');
