// `node --import <this file>` runs TypeScript, also on a Node that cannot by itself (before 22.18). Only syntax that can be
// erased.
import { register } from 'node:module';

if (!process.features.typescript) register('./hooks.mjs', import.meta.url);
