export type ProblemCode = 'invalid' | 'not-found' | 'conflict';

/** What a caller did wrong, or what stands in the way. The HTTP layer turns the code into a status. */
export class Problem extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.name = 'Problem';
    this.code = code;
  }
}
