import { Controller, Delete, Get, Head, Post } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Audited } from '../audited.js';
import { OperatorOnly } from '../operator-only.js';
import { Public } from '../public.js';
import { readRouteAccess } from './route-access.js';

@OperatorOnly()
@Controller('/things/')
class ThingsController {
  @Get()
  list() {}

  @Public()
  @Post(['a', '/b/:id/'])
  create() {}

  @Delete(':id')
  @Audited('thing.delete')
  delete() {}

  notARoute() {}
}

@Public()
@Controller()
class PublicThingsController extends ThingsController {
  @Head('only')
  only() {}
}

it('reads the decorators of every route, including inherited ones', () => {
  const access = readRouteAccess(new Reflector(), [ThingsController, PublicThingsController]);
  const guarded = { isPublic: false, isOperatorOnly: true, action: undefined };
  const open = { ...guarded, isPublic: true };
  expect(Object.fromEntries(access)).toEqual({
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
