import { ValidateBy } from 'class-validator';

/** `YYYY-MM-DD`, optionally with a time of day, seconds, up to 9 fractional digits, and an offset. */
const form =
  // eslint-disable-next-line security/detect-unsafe-regex -- linear: every repetition is bounded
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

const earliestMs = Date.parse('0001-01-01T00:00:00Z');
const latestMs = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Parses an ISO 8601 date or time, to the millisecond; without an offset as UTC. Returns undefined where PostgreSQL and
 * JavaScript would disagree: for days and times that do not exist, offsets above 15 hours, and years outside 1 to 9999.
 */
export function parseTimestamp(text: string): Date | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  const isDay = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && year >= 1;
  const offset = offsetMinutes(parts[8]);
  if (!isDay || hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined;
  local.setUTCHours(hour, minute - offset, second, Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3)));
  const ms = local.getTime();
  return ms >= earliestMs && ms <= latestMs ? local : undefined;
}

function offsetMinutes(offset = 'Z'): number | undefined {
  if (/^z$/i.test(offset)) return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (hours > 15 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Validates a timestamp that {@link parseTimestamp} accepts. */
export function IsTimestamp(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimestamp',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && parseTimestamp(value) !== undefined,
      defaultMessage: (args) => `${args?.property} must be an ISO 8601 date and time of the years 1 to 9999`,
    },
  });
}
