import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './shell/app';

// The console is the only place left to say that nothing could be started.
// eslint-disable-next-line no-console
bootstrapApplication(App).catch((error: unknown) => console.error(error));
