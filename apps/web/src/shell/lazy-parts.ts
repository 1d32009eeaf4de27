import { type Load } from '../ui/lazy';

/** What the page can do without until it is needed; it is fetched as soon as there is nothing else to do. */
export const lazyParts = {
  chat: async () => (await import('../chat/chat-view')).ChatView,
  sidebar: async () => (await import('../sidebar/sidebar')).Sidebar,
  conversationMenu: async () => (await import('./conversation-menu')).ConversationMenu,
  notices: async () => (await import('./notices-view')).NoticesView,
  shortcuts: async () => (await import('./shortcuts-dialog')).ShortcutsDialog,
  signIn: async () => (await import('./sign-in-dialog')).SignInDialog,
} satisfies Record<string, Load>;

/** Fetches all of them, so that they are there when the server is not. */
export function fetchLazyParts(): void {
  const fetchAll = (): void => {
    const all = [...Object.values(lazyParts), () => import('../markdown/document')];
    for (const load of all) load().catch(() => undefined);
  };
  setTimeout(fetchAll, 1_000);
}
