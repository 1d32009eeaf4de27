import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ConfigurableModuleClass } from './auth.definition.js';
import { AuthGuard } from './auth.guard.js';
import { AuthObserver } from './auth-observer.js';
import { RequestGate } from './request-gate.js';

/**
 * `AuthModule.forRoot(options)` or `forRootAsync({ useFactory, inject })`, on Fastify: every route that is not
 * `@Public()` needs a key, which is checked before the body of the request is read.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [AuthObserver, RequestGate, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [AuthObserver],
})
export class AuthModule extends ConfigurableModuleClass {}
