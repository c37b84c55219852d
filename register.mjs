// Runs TypeScript through ts-node: node --import ./register.mjs FILE.ts
import { register } from 'node:module';

register('ts-node/esm', import.meta.url);
