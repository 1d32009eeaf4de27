import { Injectable } from '@nestjs/common';
import { AuthObserver } from '#auth';
import { Logger } from './logger.js';

/**
 * Writes the audit log: deletes, exports and imports with their owners, failed sign-ins and refused operator requests.
 * No other code writes to it.
 */
@Injectable()
export class AuditLog {
  constructor(auth: AuthObserver, log: Logger) {
    auth.on('audited', ({ action, owner, ids, requestId, address, status }) =>
      log.audit(action, { owner, ids, request_id: requestId, address, status }),
    );
    auth.on('signInFailed', ({ address, keyPrefix, keyHash, count }) =>
      log.audit('sign_in.failed', { address, key_prefix: keyPrefix, key_hash: keyHash, count }),
    );
    auth.on('operatorRefused', ({ owner, requestId, address, path }) =>
      log.audit('operator.refused', { owner, request_id: requestId, address, path }),
    );
  }
}
