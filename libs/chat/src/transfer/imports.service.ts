import { Database } from '#database';
import { DtoValidator, requestAborted } from '#problems';
import { Injectable } from '@nestjs/common';
import { type Readable } from 'node:stream';
import { Ids } from '../model/ids.js';
import { titleOf } from '../model/title.js';
import { exportFormat, ExportedHead, ExportedMessage } from './exported-conversation.js';
import { type ForeignConversation } from './foreign/foreign-conversation.js';
import { storable } from './foreign/foreign-values.js';
import { LeftOut } from './foreign/left-out.js';
import { orderMessages } from './foreign/order-messages.js';
import { type ForeignFormat, readForeign } from './foreign/read-foreign.js';
import { piecesOf, recognize } from './import-body.js';
import { type ImportFormat, unknownFormat } from './import-format.js';
import { type ImportReport } from './import-result.js';
import { importMessages, openImported } from './import-statements.js';
import { ImportedDocument, tooMany } from './imported-document.js';
import { Pacer } from './pacer.js';
import { readImport } from './read-import.js';
import { transferLimits } from './transfer-limits.js';
import { TransferSlots } from './transfer-slots.js';

const maxTitleBytes = 1_000;

/**
 * Imports conversations. A document is validated while it arrives, and stored in one transaction when it is complete:
 * no transaction waits for a client, and a refused document stores nothing.
 */
@Injectable()
export class Imports {
  readonly #validator = new DtoValidator();

  readonly #database: Database;
  readonly #ids: Ids;
  readonly #slots: TransferSlots;

  constructor(database: Database, ids: Ids, slots: TransferSlots) {
    this.#database = database;
    this.#ids = ids;
    this.#slots = slots;
  }

  /**
   * Reads a document from a stream and stores it.
   * @param signal ends the work: nothing is stored once it is aborted
   * @throws Problem 400 at the first mistake, 413 above the size limit, 429 `too_many_imports`, 503 `imports_busy`
   */
  async import(owner: string, body: Readable, signal: AbortSignal): Promise<ImportReport> {
    return this.#slots.whileImporting(owner, async () => {
      const pacer = new Pacer(transferLimits.sliceMs);
      const source = piecesOf(body, pacer);
      const document = new ImportedDocument(() => this.#ids.next());
      const leftOut = new LeftOut();
      let format: ImportFormat;
      try {
        format = await this.#read(source, document, pacer, leftOut);
      } finally {
        // So that the caller can discard the rest of a refused document.
        await source.return();
      }
      document.messages.end();
      await this.#store(owner, document, signal);
      const { conversationIds, messageCount } = document;
      return {
        format,
        conversation_ids: conversationIds,
        message_count: messageCount,
        left_out: leftOut.report(),
      };
    });
  }

  async #read(
    source: AsyncGenerator<Buffer, void>,
    document: ImportedDocument,
    pacer: Pacer,
    leftOut: LeftOut,
  ): Promise<ImportFormat> {
    const { format, pieces } = await recognize(source);
    if (format === 'unknown') throw unknownFormat('body', 'unknown_format', 'has no known format');
    if (format === 'parley') await this.#readOwn(document, pieces, pacer);
    else await this.#readForeign(format, document, pieces, pacer, leftOut);
    return format;
  }

  async #readOwn(document: ImportedDocument, pieces: AsyncIterable<Buffer>, pacer: Pacer): Promise<void> {
    const head: Record<string, unknown> = {};
    const { rows, end } = document.begin();
    for await (const part of readImport(pieces)) {
      if (part.member === 'messages') {
        const message = this.#validator.validate(ExportedMessage, part.value, `messages.${part.at}`);
        await pacer.step();
        rows.add(message);
        await this.#endChunk(document, pacer);
      } else {
        head[part.member] = part.value;
        // Checked immediately: a document of another format is refused before its messages, if `format` comes first.
        checkFormat({ format: exportFormat, ...head });
        this.#validator.validate(ExportedHead, { format: exportFormat, [part.member]: part.value });
      }
      await pacer.step();
    }
    checkFormat(head);
    const { title, metadata } = this.#validator.validate(ExportedHead, head);
    end({ title: title ?? null, ...(metadata && { metadata }) });
  }

  async #readForeign(
    format: ForeignFormat,
    document: ImportedDocument,
    pieces: AsyncIterable<Buffer>,
    pacer: Pacer,
    leftOut: LeftOut,
  ): Promise<void> {
    let count = 0;
    for await (const conversation of readForeign(format, pieces, leftOut)) {
      count += 1;
      if (count > transferLimits.maxConversations) tooMany('conversations', transferLimits.maxConversations);
      const messages = orderMessages(conversation, leftOut);
      if (messages.length === 0) leftOut.add('empty_conversation');
      else {
        const { rows, end } = document.begin();
        for (const [at, { message, parent }] of messages.entries()) {
          const { createdAt, ...columns } = message;
          rows.add({
            ...columns,
            id: String(at),
            parent_id: parent === undefined ? null : String(parent),
            ...(createdAt !== null && { created_at: createdAt, completed_at: createdAt }),
          });
          await this.#endChunk(document, pacer);
        }
        end({ ...conversation, title: titleFrom(conversation) });
      }
      await pacer.step();
    }
    if (document.messageCount > 0) return;
    throw unknownFormat('body', 'no_messages', 'has no messages that can be imported');
  }

  async #endChunk({ messages }: ImportedDocument, pacer: Pacer): Promise<void> {
    if (messages.isFull) {
      await pacer.step();
      messages.end();
    }
    await pacer.step();
  }

  async #store(owner: string, document: ImportedDocument, signal: AbortSignal): Promise<void> {
    await this.#database.forOwner(owner).transaction(async (transaction) => {
      for (const [statement, chunks] of [
        [openImported, document.conversations()],
        [importMessages, document.messages],
      ] as const) {
        for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
          if (signal.aborted) throw requestAborted(signal.reason);
          await transaction.query(statement, [chunk, owner]);
        }
      }
      if (signal.aborted) throw requestAborted(signal.reason);
    });
  }
}

/** @throws Problem 400 that names the known formats */
function checkFormat({ format }: Record<string, unknown>): void {
  if (format === undefined) throw unknownFormat('format', 'required', 'is required');
  if (format !== exportFormat) throw unknownFormat('format', 'equals', `must be ${exportFormat}`);
}

function titleFrom({ title }: ForeignConversation): string | null {
  const text = storable(title ?? '').trim();
  if (text === '') return null;
  return Buffer.byteLength(text) <= maxTitleBytes ? text : titleOf(text);
}
