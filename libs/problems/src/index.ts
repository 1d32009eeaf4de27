export { ApiPage } from './openapi/api-page.js';
export { ApiProblems } from './openapi/api-problems.js';
export { sendProblemOnSocket } from './responses/send-problem-on-socket.js';
export {
  ERROR_RESPONSES,
  type ErrorResponse,
  type ErrorResponses,
  type CodedError,
  isCodedError,
} from './responses/error-responses.js';
export { type ErrorFormat } from './responses/error-format.js';
export { bodyBounds, type JsonBounds } from './body/json-bounds.js';
export { streamedBody } from './body/json-body-parser.js';
export { JsonShapeScanner } from './body/json-shape-scanner.js';
export { DtoValidator } from './validation/dto-validator.js';
export { IsTimestamp, parseTimestamp } from './validation/timestamp.js';
export { emptyBody, invalidJson, requestAborted } from './responses/fastify-errors.js';
export { fastifyProblemOptions } from './fastify-options.js';
export { IsJsonObject, type JsonObjectOptions } from './validation/is-json-object.js';
export { IsText, type TextOptions } from './validation/is-text.js';
export { page, type Page } from './paging/page.js';
export { PageQuery, ToNumber } from './paging/page-query.js';
export { PROBLEM_MEDIA_TYPE, problemBody, type ProblemBody } from './responses/problem-body.js';
export {
  conflict,
  notFound,
  payloadTooLarge,
  type ProblemDetails,
  tooManyRequests,
  unauthorized,
  unavailable,
  validationFailed,
} from './responses/problem-factories.js';
export { ProblemFilter } from './responses/problem.filter.js';
export { type FieldError, Problem, type ProblemOptions } from './responses/problem.js';
export { ProblemsModule } from './problems.module.js';
export { requestIdOf } from './request-id.js';
export { routeNotFound, toProblem } from './responses/to-problem.js';
export { sendProblem } from './responses/send-problem.js';
export { UuidParam } from './validation/uuid-param.js';
export { validationPipe } from './validation/validation-pipe.js';
export { clientGone, ClientSignal } from './client-signal.js';
export {
  errorResponses,
  type OpenAiMeaning,
  openAiMeanings,
  runErrorResponse,
} from './responses/error-table.js';
