export { openAiErrors } from './errors/openai-errors.js';
export { OpenAiModule } from './openai.module.js';
