import { expect, it } from 'vitest';
import { detectValidation, provesNothing } from './validation.ts';

it.each([
  ["from apps.users.models import User; print('Wave 1 OK')", 'python'],
  ["import pytest; print('Wave 5 OK')", 'python'],
  ['  from . import x', 'python'],
  ['import größe', 'python'],
  ["python -c 'from apps.users.models import User'", 'shell'],
  ['pytest apps/users/ && mypy apps/', 'shell'],
  ['import -window root x.png', 'shell'],
  ['importer --all', 'shell'],
  ['from', 'shell'],
  ['echo from x import y', 'shell'],
])('%s is %s', (command, kind) => {
  expect(detectValidation(command)).toEqual({ kind, command });
});

it.each([
  ["import pytest; print('ok')", true],
  ["print('ok')", false],
  ['import os, sys', true],
  ["from pathlib import Path; print('ok')", true],
  ['python -c "import pytest; print(\'ok\')"', true],
  ['true', true],
  ['echo done', true],
  ['exit 0', true],
  [':', true],
  ['pytest || true', true],
  ['pytest; exit 0', true],
  ["from apps.users.models import User; print('Wave 1 OK')", false],
  ['import pytest; assert pytest.main() == 0', false],
  ['echo $(pytest)', false],
  ['echo ok && pytest', false],
  ['pytest', false],
  ['test -f a || exit 1', false],
])('%s proves nothing: %s', (command, nothing) => {
  expect(provesNothing(detectValidation(command)) !== null).toBe(nothing);
});
