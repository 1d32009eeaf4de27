import { identityOf } from '#auth';
import { runAs } from '#database';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable } from 'rxjs';

/**
 * Runs each request on behalf of its owner, so that database connections are shared between owners. Public routes have
 * none.
 */
@Injectable()
export class OwnerContext implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return runAs(identityOf(context.switchToHttp().getRequest<object>())?.owner, () => next.handle());
  }
}
