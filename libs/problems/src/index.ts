export { ApiPage } from './openapi/api-page.js';
export { ApiProblems } from './openapi/api-problems.js';
export { answerOnSocket } from './answers/answer-on-socket.js';
export {
  CODED_ANSWERS,
  type CodedAnswer,
  type CodedAnswers,
  type CodedError,
  isCodedError,
} from './answers/coded-errors.js';
export { type ErrorFormat } from './answers/error-format.js';
export { bodyBounds, type JsonBounds } from './body/json-bounds.js';
export { streamedBody } from './body/json-body-parser.js';
export { JsonShapeScanner } from './body/json-shape-scanner.js';
export { DtoValidator } from './validation/dto-validator.js';
export { IsTimestamp, parseTimestamp } from './validation/timestamp.js';
export { emptyBody, invalidJson, requestAborted } from './answers/fastify-errors.js';
export { fastifyProblemOptions } from './fastify-options.js';
export { IsJsonObject, type JsonObjectOptions } from './validation/is-json-object.js';
export { IsText, type TextOptions } from './validation/is-text.js';
export { page, type Page } from './paging/page.js';
export { PageQuery, ToNumber } from './paging/page-query.js';
export { PROBLEM_MEDIA_TYPE, problemBody, type ProblemBody } from './answers/problem-body.js';
export {
  conflict,
  notFound,
  payloadTooLarge,
  type ProblemDetails,
  tooManyRequests,
  unauthorized,
  unavailable,
  validationFailed,
} from './answers/problem-factories.js';
export { ProblemFilter } from './answers/problem.filter.js';
export { type FieldError, Problem, type ProblemOptions } from './answers/problem.js';
export { ProblemsModule } from './problems.module.js';
export { requestIdOf } from './request-id.js';
export { routeNotFound, toProblem } from './answers/to-problem.js';
export { answerProblem } from './answers/answer-problem.js';
export { UuidParam } from './validation/uuid-param.js';
export { validationPipe } from './validation/validation-pipe.js';
export { clientGone, ClientSignal } from './client-signal.js';
