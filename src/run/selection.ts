/** A task as the fold needs it, so that a reader of the journal needs no plan. */
export interface TaskSeed {
  id: string;
  title: string;
  wave: number;
  deps: string[];
  agent?: string;
}

/** Which tasks one opening of a run works on. */
export interface Selection {
  /** In the order of the plan. */
  tasks: string[];
  skip: string[];
  /** Failed tasks that get a fresh set of attempts. */
  retry: string[];
}
