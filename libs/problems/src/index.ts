export { ApiPage } from './api-page.js';
export { ApiProblems } from './api-problems.js';
export {
  CODED_ANSWERS,
  type CodedAnswer,
  type CodedAnswers,
  type CodedError,
  isCodedError,
} from './coded-errors.js';
export { type ErrorFormat } from './error-format.js';
export { fastifyProblemOptions } from './fastify-options.js';
export { IsJsonObject, type JsonObjectOptions } from './is-json-object.js';
export { IsText, type TextOptions } from './is-text.js';
export { page, type Page } from './page.js';
export { PageQuery, ToNumber } from './page-query.js';
export { PROBLEM_MEDIA_TYPE, problemBody, type ProblemBody } from './problem-body.js';
export {
  conflict,
  notFound,
  payloadTooLarge,
  type ProblemDetails,
  unauthorized,
  unavailable,
  validationFailed,
} from './problem-factories.js';
export { ProblemFilter } from './problem.filter.js';
export { type FieldError, Problem, type ProblemOptions } from './problem.js';
export { ProblemsModule } from './problems.module.js';
export { requestIdOf } from './request-id.js';
export { toProblem } from './to-problem.js';
export { UuidParam } from './uuid-param.js';
export { validationPipe } from './validation-pipe.js';
