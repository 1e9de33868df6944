#!/usr/bin/env node
// Stands between copse and an agent that speaks ACP; started as the agent itself, see src/agent/acp-client.ts.
import('../dist/agent/acp-start.js').then(({ start }) => start());
