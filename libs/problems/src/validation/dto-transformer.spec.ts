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

  initialized = 'initial';
}

describe('DtoTransformer', () => {
  const transformer = new DtoTransformer();

  it('instantiates an object and the objects in its nested fields', () => {
    const made = transformer.toInstance(Outer, { inner: { count: 1 }, number: '5' });
    expect(made).toBeInstanceOf(Outer);
    expect(made.inner).toBeInstanceOf(Inner);
    expect(made).toEqual({ inner: { count: 1 }, number: 5, initialized: 'initial' });
  });

  it('neither copies other objects nor calls their methods', () => {
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

  it.each([['text'], [null], [undefined], [7]])('leaves %j in a nested field for the validators', (inner) => {
    expect(transformer.toInstance(Outer, { inner }).inner).toBe(inner);
  });

  it('replaces a list in a nested field with an empty one', () => {
    expect(transformer.toInstance(Outer, { inner: [{}, {}] }).inner).toEqual([]);
  });

  it.each([null, undefined, 'text', 7])('returns %j unchanged', (value) => {
    expect(transformer.toInstance(Outer, value)).toBe(value);
  });
});
