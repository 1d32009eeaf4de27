import { ApiProperty } from '@nestjs/swagger';
import { MessageItem } from './item.view.js';

/** A page of items as the OpenAI API shows it. */
export class ItemList {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({ type: [MessageItem] })
  data!: MessageItem[];

  @ApiProperty({ type: String, nullable: true })
  first_id!: string | null;

  @ApiProperty({ type: String, nullable: true })
  last_id!: string | null;

  @ApiProperty()
  has_more!: boolean;
}

/** A page of items. @param hasMore whether items follow after the page */
export function itemList(data: MessageItem[], hasMore: boolean): ItemList {
  return {
    object: 'list',
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}
