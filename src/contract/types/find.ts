import type { Found } from './shape.ts';

/** `UserServiceContract`, `UserServiceProtocol`, `IUserService` and `AbstractUserService` are implemented by `UserService`, too. */
export function namesOf(contract: string): string[] {
  const stem = contract
    .replace(/(?:Contract|Protocol|Interface|Spec)$/, '')
    .replace(/^(?:I|Abstract)(?=[A-Z][a-z])/, '');
  return stem === contract || stem === '' ? [contract] : [contract, stem];
}

/**
 * What may implement a type of a contract, by name; what stands in no other type goes first, and then what stands in a file
 * of a task that names the contract.
 */
export function candidatesFor(
  name: string,
  all: readonly Found[],
  isOwn: (path: string) => boolean = () => false,
): Found[] {
  for (const each of namesOf(name)) {
    const named = all.filter(({ shape }) => shape.name === each);
    const outer = named.filter(({ shape }) => !shape.nested);
    const found = outer.length > 0 ? outer : named;
    const own = found.filter(({ file }) => isOwn(file));
    if (found.length > 0) return own.length > 0 ? own : found;
  }
  return [];
}
