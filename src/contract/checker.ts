import type { Contract, ContractCheck } from './finding.ts';
import type { Judge } from './openapi/judge-apart.ts';
import type { SourceTree } from './tree.ts';
import type { ReadShapes } from './types/shape.ts';

export interface CheckOptions {
  /**
   * Every task that names the contract is in the tree. Until then what is missing may be the part of another task, and is
   * not told.
   */
  complete: boolean;
  /** Whether a path is in the scope of a task that names the contract: of two types of a name, that one is meant. */
  isOwn?: (path: string) => boolean;
  /** All contracts of the plan: documents refer to each other, and share the endpoints of the project. */
  siblings?: readonly Contract[];
  /** What the project printed as its own OpenAPI document, or why it printed none; absent: nobody asked. */
  emitted?: { text: string } | { failed: string };
  /** What judges OpenAPI documents; default a process of its own. */
  judge?: Judge;
  /** The tree on the disk, with what set-up provides (`node_modules`): what compilers need. Without it only source is read. */
  worktree?: Worktree;
  /** What parses code, in a process of its own. */
  readShapes?: ReadShapes;
}

export interface Worktree {
  /** Absolute. */
  path: string;
  env: NodeJS.ProcessEnv;
}

/** Compares one contract with the code that should honour it. Whatever it finds is data. */
export type Checker = (contract: Contract, tree: SourceTree, options: CheckOptions) => Promise<ContractCheck>;
