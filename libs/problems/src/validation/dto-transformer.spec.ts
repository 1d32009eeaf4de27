import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsNumber, IsOptional, ValidateNested } from 'class-validator';
import { DtoTransformer } from './dto-transformer.js';

class Inner {
  @IsNumber()
  count!: number;

  free?: unknown;
}

class Outer {
  @ValidateNested()
  @Type(() => Inner)
  inner?: Inner;

  @IsOptional()
  free?: unknown;

  @Transform(({ value }) => Number(value))
  number?: number;

  usual = 'usual';
}

describe('DtoTransformer', () => {
  const transformer = new DtoTransformer();

  it('makes instances of an object and of those in its nested fields', () => {
    const made = transformer.toInstance(Outer, { inner: { count: 1 }, number: '5' });
    expect(made).toBeInstanceOf(Outer);
    expect(made.inner).toBeInstanceOf(Inner);
    expect(made).toEqual({ inner: { count: 1 }, number: 5, usual: 'usual' });
  });

  it('copies no other object, and calls nothing of it', () => {
    const free = { then: { catch: 1 }, toString: 1, valueOf: { a: [] } };
    const made = transformer.toInstance(Outer, {
      free,
      inner: { count: 1, free, then: free },
      unknown: free,
    });
    expect(made.free).toBe(free);
    expect(made.inner!.free).toBe(free);
    expect((made as unknown as { unknown: unknown }).unknown).toBe(free);
    expect((made.inner as unknown as { then: unknown }).then).toBe(free);
  });

  it.each([['text'], [null], [undefined], [7]])('leaves %j in a nested field for the rules', (inner) => {
    expect(transformer.toInstance(Outer, { inner }).inner).toBe(inner);
  });

  it('makes an empty list of one in a nested field', () => {
    expect(transformer.toInstance(Outer, { inner: [{}, {}] }).inner).toEqual([]);
  });

  it.each([null, undefined, 'text', 7])('passes %j on', (value) => {
    expect(transformer.toInstance(Outer, value)).toBe(value);
  });
});
