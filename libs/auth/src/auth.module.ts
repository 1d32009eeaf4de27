import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConfigurableModuleClass } from './auth.definition.js';
import { AuthGuard } from './auth.guard.js';

/** `AuthModule.forRoot(options)` or `forRootAsync({ useFactory, inject })`: guards every route that is not `@Public()`. */
@Module({ providers: [{ provide: APP_GUARD, useClass: AuthGuard }] })
export class AuthModule extends ConfigurableModuleClass {}
