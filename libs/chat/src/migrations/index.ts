import { CreateChat1763900000000 } from './1763900000000-create-chat.js';

/** The schema of this room, oldest first. */
export const chatMigrations = [CreateChat1763900000000];
