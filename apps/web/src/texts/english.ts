import { controlKey } from './control-key';

/** Everything that the page says, in English. Another language is another file with the same keys. */
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
    none: 'Nothing here yet.',
    nothingFound: (words: string) => `Nothing found for “${words}”.`,
    found: (count: number, more: boolean) =>
      count === 1 ? '1 conversation found' : `${more ? 'More than ' : ''}${count} conversations found`,
    loading: 'Loading conversations …',
    failed: 'The conversations could not be loaded.',
    more: 'Load more',
    rename: (title: string) => `Rename “${title}”`,
    renameLabel: 'New title',
    remove: (title: string) => `Delete “${title}”`,
    removed: (title: string) => `“${title}” was deleted.`,
    removeFailed: (title: string) => `“${title}” could not be deleted.`,
    renameFailed: 'The title could not be changed.',
    answering: 'an answer is being written',
  },

  thread: {
    label: 'Conversation',
    loading: 'Loading the conversation …',
    missing: 'There is no such conversation.',
    missingHint: 'It was deleted, or it belongs to somebody else.',
    failed: 'The conversation could not be loaded.',
    toLatest: 'To the latest message',
    you: 'You said',
    answer: 'Answer',
  },

  empty: {
    title: 'What shall we talk about?',
    hint: 'What you write is stored before it is sent on, and an answer goes on being written when you close this page.',
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
    hintBusy: `Enter queues, ${controlKey} + Enter interrupts`,
    tooLong: (kib: number) => `This is longer than a message may be (${kib} KiB).`,
  },

  message: {
    edit: 'Edit',
    editLabel: 'Edit your message',
    editHint: 'A new branch begins here; the old one stays.',
    saveEdit: 'Send as a new branch',
    cancel: 'Cancel',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Copying is not allowed here.',
    regenerate: 'Answer again',
    good: 'Good answer',
    bad: 'Bad answer',
    feedbackFailed: 'Your rating could not be stored.',
    previousVersion: 'Previous version',
    nextVersion: 'Next version',
    version: (number: number, of: number) => `${number} of ${of}`,
    sending: 'Sending …',
    sendFailed: 'This message was not sent.',
    sendAgain: 'Send again',
    backToBox: 'Back to the message box',
    sendQueued: 'Send after the other answer',
    sendInterrupting: 'Stop the other answer and send',
    busyElsewhere: 'An answer is being written in this conversation, perhaps in another window.',
  },

  answer: {
    thinking: 'Thinking …',
    queued: 'Waits for the answer before it',
    cut: 'The connection was lost. Trying to reach the answer again …',
    regained: 'The server is back. Waiting for the answer to go on …',
    startedOver: (times: number, endpoint: string | undefined, reason: string) => {
      const often = times === 1 ? '' : ` ${times} times`;
      const where = endpoint === undefined ? '' : `${times === 1 ? '' : ', now'} at ${endpoint}`;
      return `Started over${often}${where}: ${reason}.`;
    },
    restartReasons: {
      server_restart: 'the server that was writing was restarted',
      attempt_failed: 'the LLM server that was writing failed',
      connection_closed: 'the LLM server that was writing closed its connection',
      idle_timeout: 'the LLM server that was writing fell silent',
    } as Readonly<Record<string, string>>,
    fallback: 'Fallback',
    fallbackHint: 'The usual LLM servers did not answer.',
    tokens: (count: number) => (count === 1 ? '1 token' : `${count.toLocaleString('en')} tokens`),
    failed: 'There is no answer.',
    incomplete: 'The answer is incomplete.',
    cancelled: 'Stopped.',
    retry: 'Try again',
    details: 'What happened',
    detailsFailed: 'The details could not be loaded.',
    attempt: 'Try',
    endpoint: 'LLM server',
    outcome: 'Outcome',
    duration: 'Time',
    time: (ms: number | null) => {
      if (ms === null) return '–';
      return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
    },
    startedSaying: 'An answer is being written.',
    finishedSaying: (text: string) => `Answer: ${text}`,
    stoppedSaying: 'The answer was stopped.',
    failedSaying: 'There is no answer.',
    reasons: {
      llm_unavailable: 'No LLM server answered.',
      llm_overloaded: 'The LLM servers have too much to do.',
      cancelled: 'It was stopped.',
      server_restart: 'The server was restarted while it was being written.',
      content_policy_violation: 'The LLM refuses to answer this.',
      context_length_exceeded: 'The conversation has become too long for the LLM.',
      model_not_found: 'The LLM server does not have this model.',
      length: 'It reached the longest length allowed.',
      internal_error: 'Something went wrong in the server.',
    } as Readonly<Record<string, string>>,
  },

  code: {
    copy: 'Copy code',
    copied: 'Copied',
    text: 'text',
  },

  status: {
    label: 'LLM servers',
    healthy: 'LLM ready',
    degraded: 'LLM partly ready',
    unhealthy: 'LLM away',
    unknown: 'LLM unknown',
    connected: 'reached',
    away: 'not reached',
    paused: 'left alone for a while',
    inFlight: (count: number) => `${count} in progress`,
    queued: (count: number) => `${count} waiting`,
    firstToken: (ms: number) => `first words after ${(ms / 1000).toFixed(1)} s`,
    none: 'Nothing is known yet.',
    operatorsOnly: 'Operators see the servers here.',
  },

  away: {
    title: 'The server cannot be reached.',
    hint: 'What it had confirmed is safe. Trying again …',
    retry: 'Try now',
    back: 'The server is back.',
  },

  menu: {
    label: 'This conversation',
    markdown: 'Export as Markdown',
    json: 'Export as JSON',
    remove: 'Delete',
    exportFailed: 'The conversation could not be exported.',
  },

  theme: {
    label: 'Colours',
    auto: 'As the system',
    light: 'Light',
    dark: 'Dark',
  },

  signIn: {
    title: 'This server asks for a key',
    hint: 'It is kept in this tab until you sign out or close it, and nowhere else.',
    label: 'API key',
    submit: 'Sign in',
    wrong: 'The server does not know this key.',
    failed: 'The server cannot be reached.',
    signOut: 'Sign out',
  },

  shortcuts: {
    title: 'Keyboard',
    open: 'Keyboard shortcuts',
    close: 'Close',
    list: [
      { keys: ['Enter'], does: 'Send the message' },
      { keys: ['Shift', 'Enter'], does: 'Start a new line' },
      { keys: [controlKey, 'Enter'], does: 'Stop the current answer and send' },
      { keys: ['↑'], does: 'Edit the last message, from an empty message box' },
      { keys: ['Esc'], does: 'Stop the answer, or close what is open' },
      { keys: [controlKey, 'K'], does: 'Search' },
      { keys: [controlKey, 'Shift', 'O'], does: 'New conversation' },
      { keys: [controlKey, 'Shift', 'L'], does: 'Copy the last answer' },
      { keys: ['F2'], does: 'Rename a conversation, from its place in the list' },
      { keys: [controlKey, '/'], does: 'Show this list' },
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
