import { tooManyRequests, unavailable } from '#problems';
import { Injectable } from '@nestjs/common';
import { OwnerSlots } from './owner-slots.js';
import { transferLimits } from './transfer-limits.js';

/** Bounds how many imports and exports are under way, for each owner and in this process. */
@Injectable()
export class TransferSlots {
  readonly #imports = new OwnerSlots(transferLimits.imports);
  readonly #exports = new OwnerSlots(transferLimits.exports);

  /** Runs an import. @throws Problem 429 `too_many_imports`, 503 `imports_busy`; what the work throws */
  async whileImporting<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    const slot = this.#imports.take(owner);
    if (slot === 'owner_full') {
      throw tooManyRequests('too_many_imports', 'An import of yours is under way. Nothing was stored.');
    }
    if (slot === 'all_full') {
      throw unavailable('imports_busy', 'As many imports as may be are under way. Nothing was stored.');
    }
    try {
      return await work();
    } finally {
      slot();
    }
  }

  /**
   * Takes a slot for an export.
   * @returns gives it back
   * @throws Problem 429 `too_many_exports`, 503 `exports_busy`
   */
  forExport(owner: string): () => void {
    const slot = this.#exports.take(owner);
    if (slot === 'owner_full') {
      const { perOwner } = transferLimits.exports;
      throw tooManyRequests('too_many_exports', `${perOwner} exports of yours are under way.`);
    }
    if (slot === 'all_full') {
      throw unavailable('exports_busy', 'As many exports as may be are under way.');
    }
    return slot;
  }
}
