import { type Load } from '../ui/lazy';

/** Components that are not part of the initial JavaScript. */
export const lazyParts = {
  chat: async () => (await import('../chat/chat-view')).ChatView,
  sidebar: async () => (await import('../sidebar/sidebar')).Sidebar,
  conversationMenu: async () => (await import('./conversation-menu')).ConversationMenu,
  notices: async () => (await import('./notices-view')).NoticesView,
  import: async () => (await import('./import-dialog')).ImportDialog,
  shortcuts: async () => (await import('./shortcuts-dialog')).ShortcutsDialog,
  signIn: async () => (await import('./sign-in-dialog')).SignInDialog,
} satisfies Record<string, Load>;

/** Delay before the remaining code is loaded, in ms. */
const prefetchDelayMs = 1_000;

/** Loads the code of all lazy parts a moment after the start, so that the page also works when the server is unreachable. */
export function prefetchLazyParts(): void {
  const prefetchAll = (): void => {
    const all = [...Object.values(lazyParts), () => import('../markdown/markdown-document')];
    for (const load of all) load().catch(() => undefined);
  };
  setTimeout(prefetchAll, prefetchDelayMs);
}
