import { signal } from '@angular/core';
import { ConversationList } from '../conversation-list/conversation-list';
import { Branch } from '../open-conversation/branch';
import { Drafts } from '../open-conversation/drafts';
import { LiveAnswers } from '../open-conversation/live-answers';
import { OpenConversation } from '../open-conversation/open-conversation';
import { OutgoingMessages } from '../open-conversation/outgoing-messages';
import { Announcer } from '../page/announcer';
import { Notices } from '../page/notices';
import { PageLocation } from '../page/page-location';
import { LlmStatus } from '../server/llm-status';
import { Server } from '../server/server';
import { SessionKey } from '../server/session-key';
import { StreamGate } from '../server/stream-gate';
import { createInjector } from './create-service';
import { BrowserGlobals } from './browser-globals';
import { ScriptedApi } from './scripted-api';

/**
 * The state of the page with a scripted server. Address, drafts, API key and the polling of LLM servers need a browser and
 * are faked. Tests have to call `globals.restore()` at the end.
 */
export class PageState {
  readonly api = new ScriptedApi();
  readonly globals = new BrowserGlobals({ fetch: this.api.fetch });
  /** How often the status of the LLM servers was requested. */
  statusRefreshes = 0;
  /** Conversation ids that the address or a draft was given. */
  readonly assignedIds: string[] = [];
  /** Whether the sign-in dialog would be shown. */
  readonly isKeyRequired = signal(false);

  readonly injector = createInjector([
    { provide: SessionKey, useValue: { value: () => undefined, isRequired: this.isKeyRequired } },
    { provide: StreamGate, useValue: undefined },
    { provide: LlmStatus, useValue: { refresh: () => void (this.statusRefreshes += 1) } },
    {
      provide: PageLocation,
      useValue: { assignId: (id: string) => void this.assignedIds.push(`address ${id}`) },
    },
    { provide: Drafts, useValue: { moveTo: (id: string) => void this.assignedIds.push(`draft ${id}`) } },
    ...[
      Announcer,
      Notices,
      Branch,
      ConversationList,
      LiveAnswers,
      OpenConversation,
      OutgoingMessages,
      Server,
    ],
  ]);

  readonly announcer = this.injector.get(Announcer);
  readonly answers = this.injector.get(LiveAnswers);
  readonly branch = this.injector.get(Branch);
  readonly conversation = this.injector.get(OpenConversation);
  readonly list = this.injector.get(ConversationList);
  readonly notices = this.injector.get(Notices);
  readonly outgoing = this.injector.get(OutgoingMessages);
  readonly server = this.injector.get(Server);

  /** The contents of the messages that are shown. */
  get shown(): string[] {
    return this.branch.messages().map(({ content }) => content);
  }
}
