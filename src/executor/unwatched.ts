import { type Afterwards, afterwards } from '../process/afterwards.ts';
import { ATTEMPT_MARKER } from './live-attempt.ts';
import { HEAD_BYTES } from './transcript.ts';

/**
 * Agents outlive us, and one that floods would fill the disk while nobody looks. `$1` is the folder with a folder for each
 * attempt, `$2` how many bytes an output may have, `$3` the run. What is longer loses its middle: `transcript.head` and
 * `transcript.tail` keep the ends, `transcript.left-out` counts (see transcript.ts, which reads them). Whose output is too
 * long again a second later is stopped where it is: whoever takes it over lets it go on. When somebody removes the folder, nobody
 * can take them over any more, and what they write has no name: they are killed. It ends when no agent lives and nothing has
 * grown since the last look.
 */
const SCRIPT = `
umask 077
known=
wrapper() {
  [ ! -e "\${1%pid}exit" ] && read -r line <"$1" && line=\${line#*:} && line=\${line%%,*} && [ "$line" -gt 1 ]
}
alive() {
  living=
  for pid in */pid; do wrapper "$pid" && kill -0 "$line" && living="$living $line"; done
  [ -n "$living" ] && known=$living
}
# Not when it was only moved: it is where we stand.
removed() {
  [ -d "$1" ] && return 1
  for pid in */pid; do [ -e "$pid" ] && return 1; done
  return 0
}
kill_all() {
  if [ -e /proc/self/environ ]; then
    for each in $(grep -lz "^${ATTEMPT_MARKER}=$1/" /proc/[0-9]*/environ); do
      each=\${each#/proc/} && kill -KILL "\${each%/environ}"
    done
  else for each in $known; do kill -KILL "-$each"; done; fi
}
hold() {
  if [ -e /proc/self/environ ]; then
    for each in $(grep -lzxF "${ATTEMPT_MARKER}=$3/$1" /proc/[0-9]*/environ); do
      each=\${each#/proc/} && kill -STOP "\${each%/environ}"
    done
  else wrapper "$1/pid" && kill -STOP "-$line"; fi
}
cut_errors() {
  end=$(tail -c 65536 "$1" | tr -d '\\0')
  printf '… %s bytes left out …\\n%s\\n' "$2" "$end" >"$1"
}
cut_transcript() {
  dir=\${1%/*} out=0
  [ -e "$dir/transcript.left-out" ] && read -r out <"$dir/transcript.left-out"
  if [ ! -e "$dir/transcript.head" ]; then
    head -c ${HEAD_BYTES} "$1" >"$dir/new" && mv "$dir/new" "$dir/transcript.head" && out=$((out - ${HEAD_BYTES}))
  fi
  tail -c ${HEAD_BYTES} "$1" >"$dir/new" && mv "$dir/new" "$dir/transcript.tail" && out=$((out - ${HEAD_BYTES}))
  true >"$1" # with a colon for it, the shell would end when the folder is gone
  echo $((out + $2)) >"$dir/transcript.left-out"
}
cd "$1" || { kill_all "$3"; exit; }
# One that was stopped for a moment when we were killed.
for pid in */pid; do wrapper "$pid" && kill -CONT "-$line"; done
before= long=
while :; do
  removed "$1" && { kill_all "$3"; exit; }
  now=$(ls -ln */transcript.jsonl */stderr.log)
  alive || [ "$now" != "$before" ] || exit
  again=
  while read -r _ _ _ _ size _ _ _ name; do
    [ "$size" -gt "$2" ] || continue
    case $long in *" $name "*) hold "\${name%/*}" "$2" "$3" ;; esac
    case $name in */stderr.log) cut_errors "$name" "$size" ;; *) cut_transcript "$name" "$size" ;; esac
    again="$again $name "
  done <<END
$now
END
  before=$now long=$again
  sleep 1
done
`;

/** Keeps the outputs of a run's agents short when this process is gone and they are not; `attempts` holds a folder for each. */
export function keepShortUnwatched(run: string, attempts: string, maxBytes: number): Afterwards {
  return afterwards(SCRIPT, [attempts, String(maxBytes), run]);
}
