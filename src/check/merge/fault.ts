/** Something that is wrong with merged files and with none of the branches they come from. */
export interface MergeFault {
  file: string;
  /** From 1. */
  line: number;
  name: string;
  /** One sentence. */
  message: string;
  /** Another file that has its part in it. */
  because?: string;
}
