import { systemClock } from '#llm';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChatController } from './api/chat.controller.js';
import { ChatObserver } from './model/chat-observer.js';
import { ConfigurableModuleClass } from './options/chat.module-definition.js';
import { Conversation } from './model/conversation.entity.js';
import { ConversationsController } from './api/conversations.controller.js';
import { Conversations } from './conversations/conversations.service.js';
import { FeedbackController } from './api/feedback.controller.js';
import { Ids } from './model/ids.js';
import { History } from './store/history.js';
import { Message } from './model/message.entity.js';
import { MessagesController } from './api/messages.controller.js';
import { MessageLists } from './conversations/message-lists.service.js';
import { NewestBranch } from './conversations/newest-branch.service.js';
import { RegenerateController } from './api/regenerate.controller.js';
import { Retention } from './retention/retention.js';
import { Cancellations } from './runs/generation/cancellations.js';
import { CLOCK } from './options/clock.js';
import { CheckpointStore } from './store/checkpoint-store.js';
import { LeaseStore } from './store/lease-store.js';
import { ConversationPoller } from './store/poll-conversations.js';
import { RunPoller } from './store/poll-runs.js';
import { Checkpoints } from './runs/generation/checkpoints.js';
import { Drain } from './shutdown/drain.js';
import { HandOver } from './runs/generation/hand-over.js';
import { Leases } from './runs/leases/leases.js';
import { LiveRuns } from './runs/generation/live-runs.js';
import { RemoteRuns } from './runs/following/remote-runs.js';
import { RunArchive } from './store/run-archive.js';
import { MessagesById } from './store/messages-by-id.js';
import { RunCompletion } from './runs/following/run-completion.js';
import { TextSliceCache } from './store/text-slice-cache.js';
import { RunLocator } from './runs/following/run-locator.js';
import { RunNotifications } from './notify/run-notifications.js';
import { RunQueue } from './runs/generation/run-queue.js';
import { Run } from './model/run.entity.js';
import { RunsController } from './api/runs.controller.js';
import { Runs } from './runs/generation/runs.service.js';
import { Search } from './search/search.service.js';
import { ConversationEventsController } from './api/conversation-events.controller.js';
import { ConversationEvents } from './streams/conversation-events.js';
import { ConversationNotifier } from './notify/conversation-notifier.js';
import { EventStreams } from './streams/event-streams.js';
import { Takeover } from './runs/leases/takeover.js';
import { Exports } from './transfer/exports.service.js';
import { Imports } from './transfer/imports.service.js';
import { TransferSlots } from './transfer/transfer-slots.js';
import { TransferController } from './api/transfer.controller.js';
import { ClientRetries } from './api/client-retries.js';
import { KeyedWrites } from './store/keyed-writes.js';
import { EarlierTurns } from './turns/earlier-turns.js';
import { TurnResponder } from './api/turn-responder.js';
import { TurnStore } from './store/turn-store.js';
import { Turns } from './turns/turns.service.js';

/** The TypeORM entities of this module. */
export const chatEntities = [Conversation, Message, Run];

/** Conversations, messages and runs, over HTTP. Requires `LlmModule`, `DatabaseModule`, `AuthModule` and `BackpressureModule`. */
@Module({
  imports: [TypeOrmModule.forFeature(chatEntities)],
  controllers: [
    ChatController,
    ConversationEventsController,
    ConversationsController,
    FeedbackController,
    MessagesController,
    RegenerateController,
    RunsController,
    TransferController,
  ],
  providers: [
    Cancellations,
    { provide: CLOCK, useValue: systemClock },
    ChatObserver,
    CheckpointStore,
    Checkpoints,
    ConversationEvents,
    Conversations,
    Drain,
    Exports,
    HandOver,
    History,
    Ids,
    Imports,
    ClientRetries,
    KeyedWrites,
    EarlierTurns,
    LeaseStore,
    Leases,
    LiveRuns,
    MessageLists,
    RemoteRuns,
    Retention,
    MessagesById,
    RunArchive,
    RunCompletion,
    RunLocator,
    RunNotifications,
    RunPoller,
    RunQueue,
    Runs,
    EventStreams,
    Search,
    TextSliceCache,
    Takeover,
    TransferSlots,
    TurnResponder,
    TurnStore,
    ConversationNotifier,
    ConversationPoller,
    Turns,
    NewestBranch,
  ],
  exports: [
    Cancellations,
    ChatObserver,
    Conversations,
    History,
    MessageLists,
    ClientRetries,
    KeyedWrites,
    MessagesById,
    RunArchive,
    RunCompletion,
    RunLocator,
    EventStreams,
    NewestBranch,
    Turns,
  ],
})
export class ChatModule extends ConfigurableModuleClass {}
