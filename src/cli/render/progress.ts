import { describeHold, failureToken } from '../../run/describe.ts';
import type { RunEvent } from '../../run/event.ts';
import { isParked } from '../../run/failure.ts';
import type { RunState, WaveState } from '../../run/state.ts';

/**
 * The documented progress lines of an event, after it was folded; one regex reads them all:
 * `/^\[PROGRESS\] (?:execution|wave=(\d+)(?: task=(\S+))?) status=(\w+)(.*)$/`.
 */
export function progressLines(event: RunEvent, state: RunState): string[] {
  const line = progressLine(event, state);
  return line === null ? [] : [`[PROGRESS] ${line}`];
}

function progressLine(event: RunEvent, state: RunState): string | null {
  switch (event.type) {
    case 'wave.started':
      return `wave=${event.wave} status=started`;
    case 'wave.validated':
      return `wave=${event.wave} status=validated`;
    case 'wave.failed':
      return `wave=${event.wave} status=failed error=${failureToken(event.failure)}`;
    case 'wave.completed': {
      const all = event.integrated === event.total;
      const status = hasFailed(state.waves.get(event.wave)!, state) ? 'failed' : all ? 'completed' : 'partial';
      return `wave=${event.wave} status=${status} tasks=${event.integrated}/${event.total}`;
    }
    case 'attempt.started': {
      const again = event.attempt > 1 ? ` attempt=${event.attempt}` : '';
      return `${taskOf(event.task, state)} status=started${again}`;
    }
    case 'attempt.failed': {
      const final = state.tasks.get(event.task)!.status.is === 'failed';
      const status = final ? 'failed' : isParked(event.failure) ? 'parked' : 'retrying';
      return `${taskOf(event.task, state)} status=${status} error=${failureToken(event.failure)}`;
    }
    case 'task.integrated':
      return `${taskOf(event.task, state)} status=completed commits=${event.commits}`;
    case 'landing.checking':
      return `execution status=checking tasks=${event.tasks.join(',')} round=${event.round}`;
    case 'landing.checked': {
      const culprits = event.culprits.map(({ task }) => task).join(',');
      const flaky = event.flaky.length > 0 ? ` flaky=${event.flaky.length}` : '';
      return `execution status=checked tasks=${event.tasks.length} rounds=${event.runs}${culprits && ` culprits=${culprits}`}${flaky}`;
    }
    case 'task.blocked': {
      const by = 'task' in event.by ? event.by.task : `wave-${event.by.wave}`;
      return `${taskOf(event.task, state)} status=blocked by=${by}`;
    }
    case 'admission.held':
      return `execution status=held resource=${event.hold.resource} reason="${describeHold(event.hold)}"`;
    case 'admission.resumed':
      return 'execution status=resumed';
    case 'quota.parked': {
      const until = new Date(event.until).toISOString();
      return `execution status=parked until=${until} reason=${event.reason.replace('-', '_')} by=${event.by.task}`;
    }
    case 'quota.reopened':
      return `execution status=reopened by=${event.by.task}`;
    case 'budget.reached':
      return `execution status=pausing reason=budget spent=${event.spent} limit=${event.limit} unit=${event.what === 'cost' ? 'usd' : 'tokens'}`;
    case 'run.finished':
      return executionLine(event.outcome, state);
    default:
      return null;
  }
}

function executionLine(outcome: string, state: RunState): string {
  if (outcome === 'integrated') return 'execution status=completed';
  if (outcome !== 'failed') return `execution status=${outcome}`;
  const failed = [...state.waves.values()].filter((wave) => hasFailed(wave, state));
  if (state.failure) return `execution status=failed error=${failureToken(state.failure)}`;
  return `execution status=failed waves_failed=${failed.length}`;
}

/** Itself, or a task of it; one of which some tasks were left out has not. */
function hasFailed(wave: WaveState, state: RunState): boolean {
  return (
    wave.status.is === 'failed' ||
    wave.tasks.some((id) => ['failed', 'blocked'].includes(state.tasks.get(id)!.status.is))
  );
}

function taskOf(task: string, state: RunState): string {
  return `wave=${state.tasks.get(task)!.seed.wave} task=${task}`;
}
