import { Database } from '#database';
import { DtoValidator, requestAborted } from '#problems';
import { Injectable } from '@nestjs/common';
import { type Readable } from 'node:stream';
import { Ids } from '../model/ids.js';
import { exportFormat, ExportedHead, ExportedMessage } from './exported-conversation.js';
import { ImportRows } from './import-rows.js';
import { importMessages, openImported } from './import-statements.js';
import { Pacer } from './pacer.js';
import { readImport } from './read-import.js';
import { transferLimits } from './transfer-limits.js';
import { TransferSlots } from './transfer-slots.js';

/** A valid document that is not stored yet. */
interface ValidDocument {
  head: ExportedHead;
  rows: ImportRows;
}

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
   * @returns the id of the new conversation
   * @throws Problem 400 at the first mistake, 413 above the size limit, 429 `too_many_imports`, 503 `imports_busy`
   */
  async import(owner: string, body: Readable | undefined, signal: AbortSignal): Promise<string> {
    return this.#slots.whileImporting(owner, async () => {
      const pacer = new Pacer(transferLimits.sliceMs);
      return this.#store(owner, await this.#read(body, pacer), signal);
    });
  }

  async #read(body: Readable | undefined, pacer: Pacer): Promise<ValidDocument> {
    const head: Record<string, unknown> = {};
    const rows = new ImportRows(() => this.#ids.next());
    for await (const part of body === undefined ? [] : readImport(body, pacer)) {
      if (part.member === 'messages') {
        const message = this.#validator.validate(ExportedMessage, part.value, `messages.${part.at}`);
        await pacer.step();
        rows.add(message);
        if (rows.isChunkFull) {
          await pacer.step();
          rows.endChunk();
        }
      } else {
        head[part.member] = part.value;
        // Checked immediately: a document of another format is refused before its messages, if `format` comes first.
        this.#validator.validate(ExportedHead, { format: exportFormat, [part.member]: part.value });
      }
      await pacer.step();
    }
    rows.endChunk();
    return { head: this.#validator.validate(ExportedHead, head), rows };
  }

  async #store(owner: string, { head, rows }: ValidDocument, signal: AbortSignal): Promise<string> {
    const id = this.#ids.next();
    const { title, metadata } = head;
    const { leaf, count } = rows;
    await this.#database.forOwner(owner).transaction(async (transaction) => {
      await transaction.query(openImported, [
        id,
        owner,
        title ?? rows.title,
        JSON.stringify(metadata ?? {}),
        count + 1,
        leaf?.id ?? null,
        leaf?.branch ?? 1,
      ]);
      for (let chunk = rows.chunks.shift(); chunk !== undefined; chunk = rows.chunks.shift()) {
        if (signal.aborted) throw requestAborted(signal.reason);
        await transaction.query(importMessages, [id, chunk, owner]);
      }
      if (signal.aborted) throw requestAborted(signal.reason);
    });
    return id;
  }
}
