/** The files that a contract is compared with: of a commit (git/commit-files.ts), or those of a test. */
export interface SourceTree {
  /** All paths, with `/`, sorted. */
  files(): readonly string[];
  /** The text of a file; null when there is none, or it is too large to be source. Asked for together, read together. */
  read(path: string): Promise<string | null>;
  /** Paths with one of these endings (`py`) whose text holds one of the words. */
  holding(words: readonly string[], endings: readonly string[]): Promise<string[]>;
}
