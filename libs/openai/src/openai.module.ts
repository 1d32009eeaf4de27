import { Module } from '@nestjs/common';
import { Answers } from './completions/answers.service.js';
import { CompletionsController } from './completions/completions.controller.js';
import { OpenAiConversationsController } from './conversations/conversations.controller.js';
import { KeptCompletions } from './completions/kept-completions.js';
import { ModelsController } from './models/models.controller.js';
import { Models } from './models/models.service.js';
import { PassingResponses } from './responses/passing-responses.js';
import { ResponseEvents } from './responses/response-events.js';
import { ResponsesController } from './responses/responses.controller.js';
import { Responses } from './responses/responses.service.js';

/**
 * `/v1`: what the clients of the OpenAI API speak. Needs `LlmClient` and `ChatModule` from global modules, `AuthModule`
 * beside it, and `openAiErrors` among the formats of `ProblemsModule`.
 */
@Module({
  controllers: [CompletionsController, ModelsController, OpenAiConversationsController, ResponsesController],
  providers: [Answers, KeptCompletions, Models, PassingResponses, ResponseEvents, Responses],
})
export class OpenAiModule {}
