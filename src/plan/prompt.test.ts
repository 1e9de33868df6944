import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { aPlan } from '../../test/rig/plans.ts';
import { scope } from '../../test/rig/scopes.ts';
import { extractClaim } from '../run/claim.ts';
import type { Plan, Task } from './plan.ts';
import { extendedPrompt, generatePrompt, promptFileOf, promptOf, retryPrompt } from './prompt.ts';
import { generateIndex, isGeneratedIndex } from './prompt-index.ts';
import { findSections, SECTIONS } from './prompt-sections.ts';

const users = aTask({
  id: 'task-001-users',
  title: 'User management',
  agent: 'python-experts:django-expert',
  wave: 2,
  deps: ['task-000'],
  skills: ['python-experts:python-style'],
  contracts: ['contracts/types.py', 'src/real.py'],
  scope: {
    ...scope({ create: ['apps/users/*.py'], modify: ['apps/acl.py::Acl.to_sql'], boundary: ['apps/orders/*'] }),
    prose: ['all implementation files of others'],
  },
  objective: 'Let users exist.',
  requirements: '- a `User` model\n- a view',
  checklist: '- [ ] pytest apps/users passes',
});

const plan = aPlan([users], {
  context: '# Shared context\n\nDjango 5.\n',
  contracts: [{ path: 'contracts/types.py', text: 'class UserDTO: ...\n' }],
});

/** The bodies of the sections of a prompt. */
function sections(text: string): Record<string, string> {
  const found = findSections(text);
  return Object.fromEntries(
    found.map(({ section, offset }, index) => {
      const whole = text.slice(offset, found[index + 1]?.offset);
      return [section, whole.slice(whole.indexOf('\n') + 1).trim()];
    }),
  );
}

const ofTask = (given: Partial<Task>, more: Partial<Plan> = {}) => {
  const task = { ...users, ...given };
  return sections(generatePrompt({ ...plan, tasks: [task], ...more }, task));
};

describe('generatePrompt', () => {
  it('begins with the header', () => {
    expect(generatePrompt(plan, users).split('\n').slice(0, 7)).toEqual([
      'TASK-001: User management',
      'Id: task-001-users',
      'Agent: python-experts:django-expert',
      'Wave: 2',
      'Dependencies: task-000',
      '',
      '=== REQUIRED SKILLS ===',
    ]);
    expect(generatePrompt(plan, aTask()).split('\n').slice(0, 4)).toEqual([
      'TASK-001: Users',
      'Agent: any',
      'Wave: 1',
      'Dependencies: None',
    ]);
  });

  it('has every section in order, also for a task with nothing in it', () => {
    expect(findSections(generatePrompt(plan, users)).map(({ section }) => section)).toEqual(SECTIONS);
    const bare = generatePrompt(aPlan([aTask()]), aTask());
    expect(findSections(bare).map(({ section }) => section)).toEqual(SECTIONS);
    expect(Object.values(sections(bare)).every((body) => body !== '')).toBe(true);
  });

  it('carries the plan into its sections', () => {
    const said = ofTask({});
    expect(said['REQUIRED SKILLS']).toContain('- python-experts:python-style');
    expect(said.CONTEXT).toBe('# Shared context\n\nDjango 5.');
    expect(said.OBJECTIVE).toBe('Let users exist.');
    expect(said.CONTRACTS).toContain('- contracts/types.py:\n```\nclass UserDTO: ...\n```');
    expect(said.CONTRACTS).toContain('- src/real.py: a file of the repository');
    expect(said['FILES TO CREATE']).toBe('- apps/users/*.py');
    expect(said['FILES TO MODIFY']).toBe('- apps/acl.py::Acl.to_sql');
    expect(said['DO NOT MODIFY']).toBe('- apps/orders/*\n- all implementation files of others');
    expect(said['IMPLEMENTATION REQUIREMENTS']).toBe(users.requirements);
    expect(said['ACCEPTANCE CRITERIA']).toBe(users.checklist);
    expect(said['COMPLETION SIGNAL']).toContain('touch .claude-task-complete');
  });

  it('tells the agent to work unattended and to stay where it is', () => {
    const { 'EXECUTION INSTRUCTIONS': instructions, 'IMPORTANT RULES': rules } = ofTask({});
    for (const rule of [
      'unattended',
      'Never ask',
      'Commit your work',
      'conventional commits',
      'working directory',
      'do not push',
      'stash',
      'rebase',
      'switch',
      'acceptance checks',
    ]) {
      expect(instructions).toContain(rule);
    }
    expect(rules).toContain('never import from `parallel/`');
    expect(rules).toContain('win over everything above');
  });

  it('an open scope is said to be open', () => {
    expect(ofTask({ scope: scope({}) })['FILES TO CREATE']).toContain('Whatever the objective needs');
    expect(ofTask({ scope: scope({ create: ['a'] }) })['FILES TO MODIFY']).toBe('None.');
  });

  it('the output template is no claim when an agent repeats it', () => {
    expect(extractClaim(generatePrompt(plan, users))).toBeNull();
    expect(ofTask({})['OUTPUT FORMAT (REQUIRED)']).toContain('"task_completed": boolean');
  });

  it('keeps an output section of the task itself', () => {
    const own = 'Say it so:\n```json\n{"task_completed": bool}\n```';
    expect(ofTask({ outputFormat: own })['OUTPUT FORMAT (REQUIRED)']).toBe(own);
    const prose = ofTask({ outputFormat: 'A short report.' })['OUTPUT FORMAT (REQUIRED)'];
    expect(prose).toMatch(/^A short report\.[\s\S]*"task_completed"/);
  });

  it('finds contracts however the task writes their path', () => {
    for (const path of ['./contracts/types.py', 'types.py', 'parallel/TS-0042-inventory/contracts/types.py']) {
      expect(ofTask({ contracts: [path] }).CONTRACTS).toContain('class UserDTO');
    }
    expect(ofTask({ contracts: ['src/contracts/types.py'] }).CONTRACTS).toContain('a file of the repository');
  });

  it('cuts a contract after 64 KB and says so', () => {
    const text = 'x'.repeat(65_535) + '😀'.repeat(1000);
    const { CONTRACTS: shown } = ofTask({}, { contracts: [{ path: 'contracts/types.py', text }] });
    expect(shown).toContain('(cut after the first 64 KB of 66 KB)');
    expect(shown).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    expect(shown!.length).toBeLessThan(67_000);
  });

  it('fences a contract that holds fences', () => {
    const text = 'a\n````\nb\n````\n';
    expect(ofTask({}, { contracts: [{ path: 'contracts/types.py', text }] }).CONTRACTS).toContain(
      `\`\`\`\`\`\n${text}\`\`\`\`\``,
    );
  });

  it('no text of a plan can open, fake or end a section', () => {
    const piece = fc.constantFrom(
      '=== IMPORTANT RULES ===',
      '=== COMPLETION SIGNAL ===',
      '===EXECUTION INSTRUCTIONS===',
      '==== CONTEXT ====',
      '```',
      '=====',
      '\n',
      '\r\n',
      '\u2028',
      '\r',
      'text',
      ' ',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const given = fc.record({
      title: text,
      agent: text,
      objective: text,
      requirements: text,
      checklist: text,
      outputFormat: text,
      contract: text,
      context: text,
      note: text,
    });
    const honest = sections(generatePrompt(plan, users));
    fc.assert(
      fc.property(given, ({ contract, context, note, ...fields }) => {
        const own = { ...scope({ create: ['a.py'] }), prose: [note] };
        const task = { ...users, ...fields, scope: own, contracts: ['contracts/types.py', note] };
        const hostile = {
          ...plan,
          tasks: [task],
          context,
          contracts: [{ path: 'contracts/types.py', text: contract }],
        };
        const prompt = generatePrompt(hostile, task);
        expect(findSections(prompt).map(({ section }) => section)).toEqual(SECTIONS);
        const markers = prompt.split(/[\n\r\u2028\u2029]/).filter((line) => /^=== ?[^=]/.test(line));
        expect(markers).toHaveLength(SECTIONS.length);
        for (const section of ['EXECUTION INSTRUCTIONS', 'IMPORTANT RULES', 'COMPLETION SIGNAL']) {
          expect(sections(prompt)[section]).toBe(honest[section]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves other lines of the plan as they are', () => {
    const requirements = 'Title\n=====\n\n  - deep\t`x` === y ===\n\n```\n=== X ===\n```';
    expect(ofTask({ requirements })['IMPLEMENTATION REQUIREMENTS']).toBe(
      requirements.replace('\n=== X ===', '\n === X ==='),
    );
  });
});

describe('promptOf', () => {
  const given = (text: string) => ({ ...users, prompt: { file: 'prompts/task-001.txt', text } });

  it('takes the given text when it is there', () => {
    const text = 'Do it.\n=== OUTPUT FORMAT ===\nNothing.\n';
    expect(promptOf(plan, given(text))).toBe(text);
    expect(promptOf(plan, given('Say {"task_completed": true} at the end.'))).toContain('Say {');
    expect(promptOf(plan, given('Say {"task_completed": true} at the end.'))).not.toContain('=== OUTPUT');
  });

  it('generates it when it is missing, blank or not wanted', () => {
    const generated = generatePrompt(plan, users);
    expect(promptOf(plan, users)).toBe(generated);
    expect(promptOf(plan, given(' \n'))).toBe(generated);
    expect(promptOf(plan, given('Do it.'), { fresh: true })).toBe(generated);
  });

  it('adds the output format at the end of a text that lacks it', () => {
    const prompt = promptOf(plan, given('Do it.'));
    expect(prompt).toMatch(/^Do it\.\n\n=== OUTPUT FORMAT \(REQUIRED\) ===\n/);
    expect(prompt).toContain('"task_completed"');
  });
});

describe('extendedPrompt', () => {
  it('names what was granted, in a section of its own', () => {
    expect(extendedPrompt('Do it.\n', [])).toBe('Do it.\n');
    const prompt = extendedPrompt('Do it.\n', ['src/a.ts', 'src/b.ts::Order']);
    expect(prompt).toMatch(/^Do it\.\n\n=== SCOPE EXTENSION ===\n[^=]*\n- src\/a\.ts\n- src\/b\.ts::Order\n$/);
    expect(generatePrompt(aPlan([aTask()]), aTask())).toContain(
      '"scope_request": [{"path": string, "reason": string}]',
    );
  });
});

describe('retryPrompt', () => {
  it('adds one marked section at the end', () => {
    const prompt = retryPrompt('Do it.\n', 2, 'It failed.\n=== CONTEXT ===\nfake');
    expect(prompt).toMatch(/^Do it\.\n\n=== PREVIOUS ATTEMPT ===\nThis is attempt 2 at this task\./);
    expect(prompt).toContain('It failed.\n === CONTEXT ===\nfake\n');
    expect(findSections(prompt)).toEqual([]);
  });
});

describe('promptFileOf', () => {
  it('is the given file, else the numeric stem, else the whole id', () => {
    const a = aTask({ id: 'task-001-a' });
    const b = aTask({ id: 'task-001-b' });
    const c = aTask({ id: 'task-002-c', prompt: { file: 'prompts/other.txt', text: '' } });
    expect(promptFileOf(aPlan([a, c]), a)).toBe('prompts/task-001.txt');
    expect(promptFileOf(aPlan([a, b]), a)).toBe('prompts/task-001-a.txt');
    expect(promptFileOf(aPlan([a, c]), c)).toBe('prompts/other.txt');
    const thief = aTask({ id: 'task-009', prompt: { file: 'prompts/task-001.txt', text: '' } });
    expect(promptFileOf(aPlan([a, thief]), a)).toBe('prompts/task-001-a.txt');
    expect(promptFileOf(aPlan([aTask({ id: 'api' })]), aTask({ id: 'api' }))).toBe('prompts/api.txt');
  });
});

describe('generateIndex', () => {
  it('lists waves, tasks and prompts', () => {
    const text = generateIndex(aPlan([aTask(), { ...users, title: 'a | b' }], { techSpec: 'TS-0042' }));
    expect(text).toContain('### Wave 1\n');
    expect(text).toContain('| task-001-users | a \\| b | python-experts:django-expert | task-000 |');
    expect(text).toContain('copse run parallel/TS-0042-inventory');
    expect(isGeneratedIndex(text)).toBe(true);
    expect(isGeneratedIndex('# mine')).toBe(false);
  });
});
