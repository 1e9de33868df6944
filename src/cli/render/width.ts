/** Han, kana, Hangul, full-width forms and emoji: what terminals draw two columns wide. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Marks that stand on the character before them, and characters that are not seen. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a terminal needs for a text; where terminals differ, the larger number. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += widthOf(char);
  return width;
}

/** Cuts to `width` columns with `…`; control characters, which a plan or an agent could send to a terminal, become blanks. */
export function clip(text: string, width: number): string {
  const clean = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd');
  if (displayWidth(clean) <= width) return clean;
  let cut = '';
  let room = width - 1;
  for (const char of clean) {
    room -= widthOf(char);
    if (room < 0) break;
    cut += char;
  }
  return width > 0 ? `${cut}…` : '';
}

/** Filled up with blanks to `width` columns, at the left when `right`. */
export function pad(text: string, width: number, right = false): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? blanks + text : text + blanks;
}

function widthOf(char: string): number {
  if (char <= '\u007e') return 1;
  return NONE.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
}
