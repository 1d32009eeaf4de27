import { Module } from '@nestjs/common';
import { Answers } from './completions/answers.service.js';
import { CompletionsController } from './completions/completions.controller.js';
import { KeptCompletions } from './completions/kept-completions.js';
import { ModelsController } from './models/models.controller.js';
import { Models } from './models/models.service.js';

/**
 * `/v1`: what the clients of the OpenAI API speak. Needs `LlmClient` and `ChatModule` from global modules, `AuthModule`
 * beside it, and `openAiErrors` among the formats of `ProblemsModule`.
 */
@Module({
  controllers: [CompletionsController, ModelsController],
  providers: [Answers, KeptCompletions, Models],
})
export class OpenAiModule {}
