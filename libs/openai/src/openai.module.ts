import { Module } from '@nestjs/common';
import { EphemeralAnswers } from './ephemeral/ephemeral-answers.js';
import { CompletionsController } from './completions/completions.controller.js';
import { OpenAiConversationsController } from './conversations/conversations.controller.js';
import { StoredCompletions } from './completions/stored-completions.js';
import { ModelsController } from './models/models.controller.js';
import { ItemReferences } from './input/item-references.js';
import { Models } from './models/models.service.js';
import { EphemeralResponses } from './responses/ephemeral-responses.js';
import { ResponsesController } from './responses/responses.controller.js';
import { Responses } from './responses/responses.service.js';

/**
 * `/v1`: the parts of the OpenAI API that Parley implements. Requires `LlmClient` and `ChatModule` from global modules,
 * `AuthModule` in the same application, and `openAiErrors` in the formats of `ProblemsModule`.
 */
@Module({
  controllers: [CompletionsController, ModelsController, OpenAiConversationsController, ResponsesController],
  providers: [EphemeralAnswers, StoredCompletions, ItemReferences, Models, EphemeralResponses, Responses],
})
export class OpenAiModule {}
