import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from './program.ts';

let root: string;
const at = (name: string) => join(root, name);
const find = (name: string, PATH?: string) => findProgram(name, { cwd: root, env: PATH === undefined ? {} : { PATH } });

function program(path: string, mode = 0o755) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(at(path), '#!/bin/sh\n');
  chmodSync(at(path), mode);
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-program-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('findProgram', () => {
  it('takes the first of PATH that can be executed', () => {
    mkdirSync(at('a/tool'), { recursive: true });
    program('b/tool', 0o644);
    program('c/tool');
    program('d/tool');
    expect(find('tool', `/none:${at('a')}:${at('b')}:${at('c')}:${at('d')}`)).toEqual({ path: at('c/tool') });
    expect(find('tool', `${at('a')}:${at('b')}`)).toMatchObject({ error: { code: 'EACCES' } });
    expect(find('tool', at('a'))).toMatchObject({ error: { code: 'ENOENT' } });
  });

  it('follows links, and takes an empty entry of PATH for the working directory', () => {
    program('real');
    symlinkSync(at('real'), at('tool'));
    symlinkSync(at('gone'), at('dangling'));
    expect(find('tool', '/none:')).toEqual({ path: at('tool') });
    expect(find('dangling', root)).toMatchObject({ error: { code: 'ENOENT' } });
  });

  it('takes a name with a slash for a path', () => {
    program('bin/tool');
    expect(find('bin/tool')).toEqual({ path: at('bin/tool') });
    expect(find(at('bin/tool'))).toEqual({ path: at('bin/tool') });
    expect(find('./tool', at('bin'))).toMatchObject({ error: { code: 'ENOENT' } });
  });

  it.each(['', 'a\0b', '.', '..', '/', 'x'.repeat(5000)])('finds nothing under %j', (name) => {
    expect(find(name, root)).toMatchObject({ error: { code: 'ENOENT' } });
  });

  it('says when there is no PATH', () => {
    expect(find('tool')).toEqual({ error: { code: 'ENOENT', message: 'tool: PATH is empty' } });
  });
});
