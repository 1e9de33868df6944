#!/usr/bin/env node
// Parses code for the process that runs agents, see src/contract/types/read-shapes.ts.
import('../dist/contract/types/shapes-start.js').then(({ start }) => start());
