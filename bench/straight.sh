#!/bin/sh
# What somebody would write by hand: all worktrees, then the agents, some at once, then all merges in the checkout.
# straight.sh <repository> <folder for worktrees> <tasks> <at once>
set -e
cd "$1"
names=$(seq -f task-%03g "$3")
for name in $names; do
  git worktree add -q -b "feature/$name" "$2/$name" main
done
printf '%s\n' $names | xargs -P "$4" -I {} sh -c 'cd "$0/{}" && COPSE_TASK={} exec ./agent.sh' "$2"
git checkout -q -b integration
for name in $names; do
  git merge -q --no-ff -m "Merge $name" "feature/$name"
done
