import { getMetadataStorage } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
type Rules = ReturnType<Storage['getTargetValidationMetadatas']>;
type RulesByProperty = ReturnType<Storage['groupByPropertyName']>;

/**
 * Makes class-validator's storage cache the rules of each class. Without it, every validation filters the rules of the
 * class and its base classes and groups them by property: a tenth of the memory that a turn allocates (measured: 11 of
 * 109 KB). Decorators add all rules of a class while it is defined, so the cache never becomes stale. It has one entry per
 * class. Further calls have no effect.
 */
export function rememberRules(storage: Storage = getMetadataStorage()): void {
  if (Object.hasOwn(storage, 'groupByPropertyName')) return;
  const findRules = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  const rulesOf = new WeakMap<object, Rules>();
  const groupsOf = new WeakMap<Rules, RulesByProperty>();

  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    const isPlain = !schema && !always && !strictGroups && (groups === undefined || groups.length === 0);
    if (!isPlain) return findRules(target, schema, always, strictGroups, groups);
    let rules = rulesOf.get(target);
    if (rules === undefined) {
      rules = findRules(target, schema, always, strictGroups);
      rulesOf.set(target, rules);
    }
    return rules;
  };
  storage.groupByPropertyName = (rules) => {
    let groups = groupsOf.get(rules);
    if (groups === undefined) {
      groups = group(rules);
      groupsOf.set(rules, groups);
    }
    return groups;
  };
}
