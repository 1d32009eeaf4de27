import { Header } from '@nestjs/common';

/** Decorator: prevents caching of a health response. */
export const NoStore = () => Header('Cache-Control', 'no-store');
