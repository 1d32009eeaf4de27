import { Reflector } from '@nestjs/core';

/** Where the guard looks for the mark of {@link Public}. */
export const PublicMark = Reflector.createDecorator<true>();

/** `@Public()` on a controller or a route: open to everybody, with or without a key. Such a route has no `@Owner()`. */
export const Public = () => PublicMark(true);
