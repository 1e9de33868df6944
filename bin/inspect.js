#!/usr/bin/env node
// Parses source code for copse, in a process that ends with its answer; see src/syntax/inspect.ts.
import('../dist/syntax/inspect-start.js').then(({ start }) => start());
