/** CSI, OSC with its string, and the escapes of two characters. */
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[0-Z\\^-~])/g;
/** All that is left of control characters, and what turns the direction of writing. */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text that cannot steer the terminal that shows it; tabs and line feeds stay, all line ends become line feeds. */
export function plainText(text: string): string {
  if (/^[\t\n -~]*$/.test(text)) return text;
  return text
    .replace(/[\u2028\u2029]|\r\n?/g, '\n')
    .replace(ANSI, '')
    .replace(STEERING, '')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}
