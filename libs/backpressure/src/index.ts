export {
  backpressureDefaults,
  type BackpressureOptions,
  memoryWithin,
  pageBytes,
} from './backpressure-options.js';
export { BackpressureModule } from './backpressure.module.js';
export { descriptorShares, type DescriptorShares, softDescriptorLimit } from './descriptors.js';
export {
  ConnectionsError,
  OwnerMemoryError,
  OwnerStreamsError,
  ProcessMemoryError,
  ProcessStreamsError,
} from './errors.js';
export { type JsonPiece, jsonPieces, pieceChars } from './json-pieces.js';
export { OwnerSlots, type SlotLimits } from './owner-slots.js';
export { ReservePageMemory } from './reserve-page-memory.js';
export { ResponseMemory } from './response-memory.js';
export { SharedPacer } from './shared-pacer.js';
export { sliceText } from './slice-text.js';
export { StreamSlots } from './stream-slots.js';
export { SlicedText, type TextReader, textSize } from './text-size.js';
