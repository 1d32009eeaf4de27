import { Header } from '@nestjs/common';

/** On every answer about health: an old one is worse than none. */
export const NoStore = () => Header('Cache-Control', 'no-store');
