import { ApiPropertyOptional } from '@nestjs/swagger';
import { PageQuery } from '#problems';
import { IsOptional, IsUUID, ValidateBy } from 'class-validator';
import { validate as isUuid } from 'uuid';
import { everyMessage } from '../conversations/message-lists.service.js';

function IsLeaf(): PropertyDecorator {
  return ValidateBy({
    name: 'isLeaf',
    validator: {
      validate: (value: unknown) => value === everyMessage || isUuid(value),
      defaultMessage: () => `must be a UUID or ${everyMessage}`,
    },
  });
}

/** `leaf` and `through` exclude each other: each of them selects a branch. */
function IsNotBesideLeaf(): PropertyDecorator {
  return ValidateBy({
    name: 'isNotBesideLeaf',
    validator: {
      validate: (_value: unknown, args) => (args?.object as MessageListQuery).leaf === undefined,
      defaultMessage: () => 'must not be given together with leaf',
    },
  });
}

/** The query of `GET /api/conversations/{id}/messages`: a page of the newest branch by default. */
export class MessageListQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'The branch that ends with the message with this id; `all`: every message of every branch',
  })
  @IsOptional()
  @IsLeaf()
  leaf?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The newest branch that passes through the message with this id',
  })
  @IsOptional()
  @IsUUID('all')
  @IsNotBesideLeaf()
  through?: string;
}
