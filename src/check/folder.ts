/** The files of one folder of the tree, as far as detection looks at them. */
export interface Folder {
  /** Names in it, folders included. */
  names: ReadonlySet<string>;
  /** The text of a file in it; `''` when there is none. */
  read(name: string): string;
}
