export { ChatObserver, type ChatObservations } from './chat-observer.js';
export { chatDefaults, type ChatOptions } from './chat-options.js';
export { chatEntities, ChatModule } from './chat.module.js';
export { chatMigrations } from './migrations/index.js';
export { type RunView } from './runs/run.view.js';
