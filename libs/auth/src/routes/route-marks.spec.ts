import { Controller, Delete, Get, Head, Post } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Audited } from '../audited.js';
import { OperatorOnly } from '../operator-only.js';
import { Public } from '../public.js';
import { routeMarks } from './route-marks.js';

@OperatorOnly()
@Controller('/things/')
class Things {
  @Get()
  list() {}

  @Public()
  @Post(['a', '/b/:id/'])
  make() {}

  @Delete(':id')
  @Audited('thing.delete')
  delete() {}

  notARoute() {}
}

@Public()
@Controller()
class PublicThings extends Things {
  @Head('only')
  only() {}
}

it('knows the marks of every route, of inherited ones as well', () => {
  const marks = routeMarks(new Reflector(), [Things, PublicThings]);
  const guarded = { isPublic: false, isOperatorOnly: true, action: undefined };
  const open = { ...guarded, isPublic: true };
  expect(Object.fromEntries(marks)).toEqual({
    'GET /things': guarded,
    'POST /things/a': open,
    'POST /things/b/:id': open,
    'DELETE /things/:id': { ...guarded, action: 'thing.delete' },
    'GET /': open,
    'POST /a': open,
    'POST /b/:id': open,
    'DELETE /:id': { ...open, action: 'thing.delete' },
    'HEAD /only': open,
  });
});
