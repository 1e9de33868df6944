const MAX_LINES = 60;
const MAX_CHARS = 6000;
/** Bytes of each stream that are looked at. */
const WINDOW = 64 * 1024;

/** The end of a program's output as plain text for a failure: at most 60 lines, without terminal colours. */
export function outputTail(...streams: Uint8Array[]): string {
  const text = streams
    .map((stream) => Buffer.from(stream.subarray(-WINDOW)).toString('utf8').trim())
    .filter(Boolean)
    .join('\n')
    .replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g, '');
  return text.split('\n').map(lastWritten).slice(-MAX_LINES).join('\n').slice(-MAX_CHARS);
}

/** What a terminal shows of a line on which a progress bar went back to the start. */
function lastWritten(line: string): string {
  const ended = line.replace(/\r+$/, '');
  return ended.slice(ended.lastIndexOf('\r') + 1);
}
