import { Reflector } from '@nestjs/core';

/** The metadata that {@link Public} sets. */
export const PublicMetadata = Reflector.createDecorator<true>();

/** `@Public()` on a controller or a route: served with or without a key. Such a route cannot use `@Owner()`. */
export const Public = () => PublicMetadata(true);
