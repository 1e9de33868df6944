#!/bin/sh
# An agent that takes no time: one file, one commit, done.
set -e
mkdir -p out
echo "$COPSE_TASK" >"out/$COPSE_TASK.txt"
git add out
git commit -q -m "feat: $COPSE_TASK"
: >.claude-task-complete
