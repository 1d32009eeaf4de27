import { notFound, page, type Page, type PageQuery } from '#problems';
import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

/** The columns that order a list, the last one unique; all of them in one direction. */
export interface KeysetOrder {
  columns: readonly string[];
  direction: 'ASC' | 'DESC';
}

/**
 * One page of a list in the order of an index: a page deep inside costs what the first one costs. The anchor's place
 * is looked up in the same statement, so that no timestamp loses its microseconds on the way through JavaScript.
 * @param select the list without an order, over one table under the alias `item`
 * @throws Problem 404 when the item named by `after` or `before` is not in the list
 */
export async function keysetPage<T extends ObjectLiteral & { id: string }>(
  select: SelectQueryBuilder<T>,
  { columns, direction }: KeysetOrder,
  { limit, after, before }: PageQuery,
): Promise<Page<T>> {
  const anchor = after ?? before;
  const backwards = before !== undefined;
  const order = backwards === (direction === 'ASC') ? 'DESC' : 'ASC';
  if (anchor !== undefined) {
    if (!(await select.clone().andWhere('item.id = :anchor', { anchor }).getExists())) {
      throw notFound(backwards ? 'item to list before' : 'item to list after', anchor);
    }
    const { tableName } = select.expressionMap.mainAlias!.metadata;
    const place = columns.map((column) => `item.${column}`).join(', ');
    select.andWhere(
      `(${place}) ${order === 'ASC' ? '>' : '<'} (SELECT ${columns.join(', ')} FROM ${tableName} WHERE id = :anchor)`,
      { anchor },
    );
  }
  for (const column of columns) select.addOrderBy(`item.${column}`, order);
  const rows = await select.limit(limit + 1).getMany();
  const hasMore = rows.length > limit;
  const data = rows.slice(0, limit);
  return page(backwards ? data.reverse() : data, hasMore);
}
