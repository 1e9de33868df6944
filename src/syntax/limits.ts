/** Characters of a file that are parsed; a larger one is data or was generated. */
export const MAX_TEXT = 2 ** 21;
