import { writeFileSync } from 'node:fs';
import { configurationPage } from './configuration-page.js';
import { environmentExample } from './environment-example.js';

// `npm run docs`: writes docs/configuration.md and .env.example of the current folder.
writeFileSync('docs/configuration.md', configurationPage());
writeFileSync('.env.example', environmentExample());
