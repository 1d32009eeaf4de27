/** The default of `request.messages.each`. */
export const plainMessage = { role: '{{role}}', content: '{{text}}' };

/** The default of `request.prompt.each`: a line of `{{prompt}}`. */
export const plainLine = '{{role}}: {{text}}\n';

/** The default of `request.prompt.end`: the text after the last line. */
export const promptEnd = 'assistant:';

/** The default of `request.prompt.alone`: the whole prompt if there is no history. */
export const promptAlone = '{{text}}';
