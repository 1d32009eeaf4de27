/** The texts of the import dialog, in English. Apart from the others, so that they are not part of the initial JavaScript. */
export const importTexts = {
  open: 'Import conversations',
  title: 'Import conversations',
  close: 'Close',
  hint:
    'A JSON file of at most 64 MiB: conversations.json of ChatGPT (unpack the ZIP archive first), or an export of Open WebUI, ' +
    'LibreChat or Parley.',
  file: 'File',
  submit: 'Import',
  running: 'Importing …',
  done: (conversations: number, messages: number) =>
    `${conversations === 1 ? '1 conversation' : `${conversations} conversations`} with ${messages === 1 ? '1 message' : `${messages} messages`} imported.`,
  leftOut: 'Not imported:',
  show: 'Open the first conversation',
};
