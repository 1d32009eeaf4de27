import { Reflector } from '@nestjs/core';

/** The metadata that {@link OperatorOnly} sets. */
export const OperatorOnlyMetadata = Reflector.createDecorator<true>();

/** `@OperatorOnly()` on a controller or a route: requests without an operator key get 403 `operator_key_required`. */
export const OperatorOnly = () => OperatorOnlyMetadata(true);
