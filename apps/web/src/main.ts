import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './shell/app';

// If the page cannot start, the error can be shown on the console only.
// eslint-disable-next-line no-console
bootstrapApplication(App).catch((error: unknown) => console.error(error));
