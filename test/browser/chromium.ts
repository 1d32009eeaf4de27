import { existsSync } from 'node:fs';

/** Debian's, or the one that CHROMIUM names. */
export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Tests of the page need a browser; all others do not. */
export const hasChromium = existsSync(executablePath);
