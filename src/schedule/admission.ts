import type { Hold } from '../run/hold.ts';

/** What the machine has left at one moment; bytes. Null where the system does not tell. */
export interface Reading {
  memory: { free: number; total: number } | null;
  /** Processes that want to run, per core, over the last minute. */
  load: number | null;
  /** The disks that agents and copse write to. */
  disks: { path: string; free: number; total: number }[];
  /** File descriptors that copse may still open. */
  files: number | null;
}

/** What one more agent takes: bytes of memory and of disk. */
export interface Needs {
  memory: number;
  disk: number;
}

/** What is to stay free, and how busy the machine may be. */
export interface Floors {
  /** Bytes; null is a twentieth of what the machine has, at most 512 MB. */
  memory: number | null;
  disk: number | null;
  /** Processes per core. */
  load: number;
}

export interface AdmissionInput {
  reading: Reading;
  needs: Needs;
  floors: Floors;
  /** Agents that run. */
  running: number;
  /** Of these, the ones that were started after the reading. */
  started: number;
  /** Bytes that agents which run are going to take, as far as it is foreseen. */
  promised: number;
  /** What starts wait for already. */
  held: Hold | null;
}

/** How many agents may start, as far as the machine is concerned. */
export interface Admission {
  room: number;
  /** What is short, when there is no room. */
  hold: Hold | null;
}

export const NO_HOLD: Admission = { room: Number.POSITIVE_INFINITY, hold: null };

/** Pipes to git, and the files of an attempt. */
const FILES_PER_AGENT = 16;
const LARGEST_FLOOR = 512_000_000;
/** Once held, so much more must be free before starts go on: free memory is never the same twice. */
const MARGIN = 1.2;

/**
 * Admission by resources; pure. Whatever the machine says, one agent may always run, so that a run never stands still; a disk that
 * has no room for a workspace is the exception.
 */
export function admit(input: AdmissionInput): Admission {
  const rooms = [...roomsIn(input), ...load(input)];
  const least = rooms.reduce<Admission>((a, b) => (b.room < a.room ? b : a), NO_HOLD);
  if (least.room > 0) return { room: least.room, hold: null };
  if (input.running > 0 || least.hold?.resource === 'disk') return { ...least, room: 0 };
  return { room: 1, hold: null };
}

/** How many more agents each resource has room for; load is no matter of room. */
export function roomsIn(input: AdmissionInput): Admission[] {
  return [...disks(input), ...memory(input), ...files(input)];
}

function disks({ reading, needs, floors, started, held }: AdmissionInput): Admission[] {
  const need = needs.disk * marginOf('disk', held);
  return reading.disks.map(({ path, free, total }) => {
    const floor = floors.disk ?? defaultFloor(total);
    const room = Math.floor((free - floor) / need) - started;
    return { room, hold: { resource: 'disk', free, need: needs.disk + floor, path } };
  });
}

function memory({ reading, needs, floors, started, promised, held }: AdmissionInput): Admission[] {
  if (reading.memory === null) return [];
  const floor = floors.memory ?? defaultFloor(reading.memory.total);
  const free = Math.max(0, reading.memory.free - promised);
  const room = Math.floor((free - floor) / (needs.memory * marginOf('memory', held))) - started;
  return [{ room, hold: { resource: 'memory', free, need: needs.memory + floor } }];
}

function files({ reading, started }: AdmissionInput): Admission[] {
  if (reading.files === null) return [];
  const room = Math.floor(reading.files / FILES_PER_AGENT) - started;
  return [{ room, hold: { resource: 'files', free: reading.files, need: FILES_PER_AGENT } }];
}

/** From half of what is allowed on, starts are staggered: one a reading, so that each is seen in the next. */
function load({ reading, floors, started }: AdmissionInput): Admission[] {
  if (reading.load === null || reading.load < floors.load / 2) return [];
  const hold: Hold = { resource: 'load', free: reading.load, need: floors.load };
  return [{ room: reading.load < floors.load ? 1 - started : 0, hold }];
}

function marginOf(resource: Hold['resource'], held: Hold | null): number {
  return held?.resource === resource ? MARGIN : 1;
}

/** What stays free where no setting says it. */
export function defaultFloor(total: number): number {
  return Math.min(LARGEST_FLOOR, total / 20);
}
