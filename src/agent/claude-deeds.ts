import { list, object, parseObject, string } from './json.ts';

/** Tools that only look. */
const LOOKING = new Set([
  'Read',
  'Grep',
  'Glob',
  'LS',
  'WebFetch',
  'WebSearch',
  'TodoWrite',
  'ToolSearch',
  'Task',
  'Agent',
  'StructuredOutput',
]);
/** Programs that only look, as long as nothing is redirected. */
const VIEWERS =
  /^\s*(?:cat|ls|head|tail|less|grep|rg|wc|diff|stat|file|pwd|cd|echo|tree|du|test|\[|git (?:-C \S+ )?(?:log|status|diff|show|rev-parse|ls-files|blame|grep))(?:\s|$)/;

/** What a line of the transcript shows the agent do that could change something: the arguments of its tools, as text. */
export function claudeDeeds(line: string): string[] {
  const event = parseObject(line);
  if (event?.type !== 'assistant') return [];
  return list(object(event.message)?.content).flatMap((value) => {
    const block = object(value);
    if (block?.type !== 'tool_use' || LOOKING.has(string(block.name) ?? '')) return [];
    const input = object(block.input) ?? {};
    const command = string(input.command);
    if (command !== null && onlyLooks(command)) return [];
    return [
      Object.values(input)
        .flatMap((each) => string(each) ?? [])
        .join('\n'),
    ];
  });
}

function onlyLooks(command: string): boolean {
  return (
    !/[>`]|\$\(/.test(command) &&
    command.split(/&&|\|\||[;|\n]/).every((part) => part.trim() === '' || VIEWERS.test(part))
  );
}
