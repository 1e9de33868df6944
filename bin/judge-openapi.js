#!/usr/bin/env node
// Compares an OpenAPI contract with code for the process that runs agents, see src/contract/openapi/judge-apart.ts.
import('../dist/contract/openapi/judge-start.js').then(({ start }) => start());
