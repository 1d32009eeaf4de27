import { OwnerSlots } from '#backpressure';
import { tooManyRequests, unavailable } from '#problems';
import { Injectable } from '@nestjs/common';
import { transferLimits } from './transfer-limits.js';

/** Limits the imports and exports in progress, per owner and in this process. */
@Injectable()
export class TransferSlots {
  readonly #imports = new OwnerSlots(transferLimits.imports);
  readonly #exports = new OwnerSlots(transferLimits.exports);

  /** Runs an import. @throws Problem 429 `too_many_imports`, 503 `imports_busy`; what `work` throws */
  async whileImporting<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    const slot = this.#imports.take(owner);
    if (slot === 'owner_full') {
      throw tooManyRequests(
        'too_many_imports',
        'You already have an import in progress. Nothing was stored.',
      );
    }
    if (slot === 'all_full') {
      throw unavailable(
        'imports_busy',
        'This server has reached its limit of imports in progress. Nothing was stored.',
      );
    }
    try {
      return await work();
    } finally {
      slot();
    }
  }

  /**
   * Takes a slot for an export.
   * @returns a function that releases the slot
   * @throws Problem 429 `too_many_exports`, 503 `exports_busy`
   */
  forExport(owner: string): () => void {
    const slot = this.#exports.take(owner);
    if (slot === 'owner_full') {
      const { perOwner } = transferLimits.exports;
      throw tooManyRequests('too_many_exports', `You already have ${perOwner} exports in progress.`);
    }
    if (slot === 'all_full') {
      throw unavailable('exports_busy', 'This server has reached its limit of exports in progress.');
    }
    return slot;
  }
}
