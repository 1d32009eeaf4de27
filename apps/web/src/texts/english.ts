import { controlKeyLabel } from './control-key-label';

/** Every text that the page shows, in English. Another language is another file with the same keys. */
export const english = {
  language: 'en',
  name: 'Parley',
  skipToMessage: 'Skip to the message box',

  sidebar: {
    label: 'Conversations',
    open: 'Show conversations',
    close: 'Hide conversations',
    start: 'New conversation',
    search: 'Search',
    searchLabel: 'Search conversations and messages',
    clearSearch: 'Clear the search',
    untitled: 'Untitled',
    none: 'No conversations yet.',
    nothingFound: (query: string) => `Nothing found for “${query}”.`,
    found: (count: number, hasMore: boolean) =>
      count === 1 ? '1 conversation found' : `${hasMore ? 'More than ' : ''}${count} conversations found`,
    loading: 'Loading conversations …',
    failed: 'The conversations could not be loaded.',
    more: 'Load more',
    rename: (title: string) => `Rename “${title}”`,
    renameLabel: 'New title',
    remove: (title: string) => `Delete “${title}”`,
    removed: (title: string) => `“${title}” was deleted.`,
    removeFailed: (title: string) => `“${title}” could not be deleted.`,
    renameFailed: 'The title could not be changed.',
    answering: 'generating an answer',
    today: 'Today',
    yesterday: 'Yesterday',
    lastWeek: 'Previous 7 days',
    lastMonth: 'Previous 30 days',
  },

  thread: {
    label: 'Conversation',
    loading: 'Loading the conversation …',
    missing: 'Conversation not found.',
    missingHint: 'It was deleted, or it belongs to someone else.',
    failed: 'The conversation could not be loaded.',
    toLatest: 'Scroll to the latest message',
    you: 'You',
    answer: 'Answer',
  },

  empty: {
    title: 'What shall we talk about?',
    hint: 'Messages are stored before they are sent to the LLM. Answers continue when you close this page.',
    suggestions: [
      'What is 6 times 7?',
      'Write an example in code, with a table',
      'Explain in detail how tides work',
    ],
    suggestionsLabel: 'Suggestions',
  },

  composer: {
    label: 'Message',
    formLabel: 'Next message',
    placeholder: 'Write a message',
    send: 'Send',
    stop: 'Stop',
    queue: 'Send after this answer',
    queueShort: 'Queue',
    interrupt: 'Stop this answer and send',
    interruptShort: 'Interrupt',
    hint: 'Enter sends, Shift + Enter starts a new line',
    hintBusy: `Enter queues, ${controlKeyLabel} + Enter interrupts`,
    tooLong: (kib: number) => `The message is longer than ${kib} KiB.`,
  },

  message: {
    edit: 'Edit',
    editLabel: 'Edit your message',
    editHint: 'This starts a new branch. The old one is kept.',
    saveEdit: 'Send as a new branch',
    cancel: 'Cancel',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'The browser does not allow copying.',
    regenerate: 'Regenerate',
    good: 'Good answer',
    bad: 'Bad answer',
    feedbackFailed: 'Your rating could not be saved.',
    previousVersion: 'Previous version',
    nextVersion: 'Next version',
    version: (number: number, of: number) => `${number} of ${of}`,
    sending: 'Sending …',
    sendFailed: 'This message was not sent.',
    resend: 'Send again',
    moveToBox: 'Move to the message box',
    sendQueued: 'Send after the other answer',
    sendInterrupting: 'Stop the other answer and send',
    conversationBusy: 'Another answer is being generated in this conversation, perhaps in another window.',
  },

  answer: {
    thinking: 'Thinking …',
    queued: 'Waiting for the previous answer',
    reconnecting: 'Connection lost. Reconnecting …',
    reconnected: 'Reconnected. Waiting for the rest of the answer …',
    startedOver: (times: number, endpoint: string | undefined, reason: string) => {
      const often = times === 1 ? '' : ` ${times} times`;
      const where = endpoint === undefined ? '' : `${times === 1 ? '' : ', now'} at ${endpoint}`;
      return `Started over${often}${where}: ${reason}.`;
    },
    restartReasons: {
      server_restart: 'the server was restarted',
      attempt_failed: 'the LLM server failed',
      connection_closed: 'the LLM server closed the connection',
      idle_timeout: 'the LLM server stopped sending',
    } as Readonly<Record<string, string>>,
    empty: 'The answer is empty.',
    fallback: 'Fallback',
    fallbackHint: 'The primary LLM servers did not answer.',
    tokens: (count: number) => (count === 1 ? '1 token' : `${count.toLocaleString('en')} tokens`),
    failed: 'No answer.',
    incomplete: 'The answer is incomplete.',
    cancelled: 'Stopped.',
    retry: 'Try again',
    details: 'Details',
    detailsFailed: 'The details could not be loaded.',
    attempt: 'Attempt',
    endpoint: 'LLM server',
    outcome: 'Outcome',
    duration: 'Duration',
    time: (ms: number | null) => {
      if (ms === null) return '–';
      return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
    },
    startAnnouncement: 'Generating an answer.',
    endAnnouncement: (text: string) => `Answer: ${text}`,
    cancelAnnouncement: 'The answer was stopped.',
    failureAnnouncement: 'No answer.',
    cutReason: 'The LLM server stopped before the end.',
    emptyReason: 'The LLM sent an empty answer.',
    reasons: {
      llm_unavailable: 'No LLM server answered.',
      llm_overloaded: 'The LLM servers are overloaded.',
      cancelled: 'It was stopped.',
      server_restart: 'The server was restarted while the answer was being generated.',
      content_policy_violation: 'The LLM refused to answer.',
      context_length_exceeded: 'The conversation is too long for the LLM.',
      model_not_found: 'The LLM server does not have this model.',
      length: 'It reached the maximum length.',
      internal_error: 'The server had an internal error.',
    } as Readonly<Record<string, string>>,
  },

  code: {
    copy: 'Copy code',
    copied: 'Copied',
  },

  status: {
    label: 'LLM servers',
    healthy: 'LLM ready',
    degraded: 'LLM partly available',
    unhealthy: 'LLM unavailable',
    unknown: 'LLM status unknown',
    short: 'LLM',
    connected: 'connected',
    unreachable: 'unreachable',
    paused: 'paused after failures',
    inFlight: (count: number) => `${count} in progress`,
    queued: (count: number) => `${count} queued`,
    firstToken: (ms: number) => `first token after about ${(ms / 1000).toFixed(1)} s`,
    none: 'No status yet.',
    operatorsOnly: 'Only operators see the servers.',
  },

  unreachable: {
    title: 'The server cannot be reached.',
    hint: 'Stored messages are safe. Reconnecting …',
    retry: 'Try now',
    reachableAgain: 'The server responds again.',
  },

  menu: {
    label: 'This conversation',
    markdown: 'Export as Markdown',
    json: 'Export as JSON',
    remove: 'Delete',
    exportFailed: 'The conversation could not be exported.',
  },

  theme: {
    label: 'Theme',
    auto: 'System',
    light: 'Light',
    dark: 'Dark',
  },

  signIn: {
    title: 'Sign in',
    hint: 'This server requires an API key. It is stored in this tab only, until you sign out or close the tab.',
    label: 'API key',
    submit: 'Sign in',
    wrong: 'This key is not valid.',
    failed: 'The server cannot be reached.',
    signOut: 'Sign out',
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    open: 'Keyboard shortcuts',
    close: 'Close',
    list: [
      { keys: ['Enter'], does: 'Send the message' },
      { keys: ['Shift', 'Enter'], does: 'Start a new line' },
      { keys: [controlKeyLabel, 'Enter'], does: 'Stop the current answer and send' },
      { keys: ['↑'], does: 'Edit the last message, if the message box is empty' },
      { keys: ['Esc'], does: 'Stop the answer, or close a panel' },
      { keys: [controlKeyLabel, 'K'], does: 'Search' },
      { keys: [controlKeyLabel, 'Shift', 'O'], does: 'New conversation' },
      { keys: [controlKeyLabel, 'Shift', 'L'], does: 'Copy the last answer' },
      { keys: ['F2'], does: 'Rename the focused conversation' },
      { keys: [controlKeyLabel, '/'], does: 'Show this list' },
    ],
  },

  notices: {
    label: 'Notices',
    undo: 'Undo',
    dismiss: 'Dismiss',
  },

  errors: {
    unreachable: 'The server cannot be reached.',
    unknown: 'Something went wrong.',
  },
};
