import { IsInt, IsString, getMetadataStorage, validateSync } from 'class-validator';
import { rememberRules } from './remember-rules.js';

class Named {
  @IsString()
  name: unknown;
}

class Counted extends Named {
  @IsInt({ groups: ['counting'] })
  count: unknown;

  @IsInt()
  size: unknown;
}

const invalid = (value: object, groups?: string[]): string[] =>
  validateSync(value, groups === undefined ? {} : { groups })
    .map(({ property }) => property)
    .sort();

describe('remembered rules', () => {
  const before = [invalid(new Counted()), invalid(new Named()), invalid(new Counted(), ['counting'])];
  beforeAll(() => rememberRules());

  it('find the same mistakes, again and again, with inherited rules and with groups', () => {
    for (let times = 0; times < 3; times += 1) {
      expect([invalid(new Counted()), invalid(new Named()), invalid(new Counted(), ['counting'])]).toEqual(
        before,
      );
    }
    expect(before).toEqual([['count', 'name', 'size'], ['name'], ['count']]);
  });

  it('are found once for each class', () => {
    const storage = getMetadataStorage();
    const rules = storage.getTargetValidationMetadatas(Counted, '', false, false);
    expect(storage.getTargetValidationMetadatas(Counted, '', false, false)).toBe(rules);
    expect(storage.groupByPropertyName(rules)).toBe(storage.groupByPropertyName(rules));
    expect(storage.getTargetValidationMetadatas(Named, '', false, false)).not.toBe(rules);
  });

  it('are cached by the first of several calls', () => {
    const replaced = Object.getOwnPropertyDescriptors(getMetadataStorage());
    rememberRules();
    expect(Object.getOwnPropertyDescriptors(getMetadataStorage())).toEqual(replaced);
  });
});
