import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ConfigurableModuleClass } from './auth.module-definition.js';
import { AuthGuard } from './auth.guard.js';
import { AuthObserver } from './auth-observer.js';
import { AuthHook } from './auth-hook.js';

/**
 * Authenticates requests by API key, on Fastify: every route that is not `@Public()` requires a key, which is checked
 * before the body of the request is read. Use `AuthModule.forRoot(options)` or `forRootAsync({ useFactory, inject })`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [AuthObserver, AuthHook, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [AuthObserver],
})
export class AuthModule extends ConfigurableModuleClass {}
