import { Reflector } from '@nestjs/core';

/** Where the mark of {@link OperatorOnly} is kept. */
export const OperatorOnlyMark = Reflector.createDecorator<true>();

/** `@OperatorOnly()` on a controller or a route: 403 `operator_key_required` without an operator key. */
export const OperatorOnly = () => OperatorOnlyMark(true);
