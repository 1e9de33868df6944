#!/usr/bin/env node
// Calls query() of the Claude Agent SDK in a process of its own; started as the agent itself, see src/agent/claude-sdk-client.ts.
import('../dist/agent/claude-sdk-start.js').then(({ start }) => start());
