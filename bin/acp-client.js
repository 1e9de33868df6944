#!/usr/bin/env node
// Stands between copse and an agent that speaks ACP; started as the agent itself, see src/agent/acp-client.ts.
require('./load.js').load(`${__dirname}/../dist/start/acp.cjs`).start();
