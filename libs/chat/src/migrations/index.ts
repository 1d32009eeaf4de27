import { CreateChat1763900000000 } from './1763900000000-create-chat.js';
import { FollowRuns1764000000000 } from './1764000000000-follow-runs.js';
import { DurableTurns1764200000000 } from './1764200000000-durable-turns.js';
import { FindForks1764300000000 } from './1764300000000-find-forks.js';
import { SearchAndFeedback1764400000000 } from './1764400000000-search-and-feedback.js';
import { AgeApart1764500000000 } from './1764500000000-age-apart.js';
import { AttemptsOfRuns1764600000000 } from './1764600000000-attempts-of-runs.js';
import { RoomForEnds1764700000000 } from './1764700000000-room-for-ends.js';
import { OrderSiblings1764760000000 } from './1764760000000-order-siblings.js';
import { SecureRows1764800000000 } from './1764800000000-secure-rows.js';
import { SearchParts1764900000000 } from './1764900000000-search-parts.js';
import { KeyedWrites1765000000000 } from './1765000000000-keyed-writes.js';

/** The migrations of this module, oldest first. */
export const chatMigrations = [
  CreateChat1763900000000,
  FollowRuns1764000000000,
  DurableTurns1764200000000,
  FindForks1764300000000,
  SearchAndFeedback1764400000000,
  AgeApart1764500000000,
  AttemptsOfRuns1764600000000,
  RoomForEnds1764700000000,
  OrderSiblings1764760000000,
  SecureRows1764800000000,
  SearchParts1764900000000,
  KeyedWrites1765000000000,
];
