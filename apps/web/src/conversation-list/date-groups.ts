import { type Conversation } from '@parley/client';
import { texts } from '../texts/texts';

/** Conversations of the same day, week, month or older month, with the title of the group. */
export interface DateGroup {
  title: string;
  conversations: Conversation[];
}

const dayMs = 24 * 60 * 60 * 1000;

/** Groups conversations, newest first, by the local date of their last change. */
export function dateGroups(conversations: readonly Conversation[], now: Date): DateGroup[] {
  const groups: DateGroup[] = [];
  for (const conversation of conversations) {
    const title = groupTitle(new Date(conversation.updated_at), now);
    const last = groups.find((group) => group.title === title);
    if (last === undefined) groups.push({ title, conversations: [conversation] });
    else last.conversations.push(conversation);
  }
  return groups;
}

/** The time of today's changes, the date of earlier ones. */
export function shortTime(date: Date, now: Date): string {
  if (daysBefore(date, now) <= 0) {
    return date.toLocaleTimeString(texts.language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  }
  const isThisYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString(texts.language, {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
  });
}

function groupTitle(date: Date, now: Date): string {
  const { today, yesterday, lastWeek, lastMonth } = texts.sidebar;
  const days = daysBefore(date, now);
  if (days <= 0) return today;
  if (days === 1) return yesterday;
  if (days <= 7) return lastWeek;
  if (days <= 30) return lastMonth;
  return date.toLocaleDateString(texts.language, { month: 'long', year: 'numeric' });
}

/** Calendar days between two local dates. */
function daysBefore(date: Date, now: Date): number {
  const midnight = (time: Date): number => Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  return (midnight(now) - midnight(date)) / dayMs;
}
