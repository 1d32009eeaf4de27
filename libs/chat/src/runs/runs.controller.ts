import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Owner } from '#auth';
import { UuidParam } from '#problems';
import { RunArchive } from './run-archive.js';
import { type RunView } from './run.view.js';

@ApiTags('runs')
@Controller('api/runs')
export class RunsController {
  constructor(private readonly archive: RunArchive) {}

  @Get(':id')
  @ApiOperation({ summary: 'Read a run with its attempts' })
  read(@Owner() owner: string, @Param('id', UuidParam) id: string): Promise<RunView> {
    return this.archive.read(owner, id);
  }
}
