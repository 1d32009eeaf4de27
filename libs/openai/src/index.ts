export { openAiErrors } from './errors/openai-errors.js';
export { OpenAiModule } from './openai.module.js';
export { openAiUrl } from './input/openai-url.js';
