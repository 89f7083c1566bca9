import type { StartRequest } from './calls';
import type { ParamSpec, Safety } from './contract';
import { parseSeconds } from './format';

/** The start form as text, and what it means. Pure; the orchestrator has the last word on each value. */
export interface StartForm {
  /** What decides the load: users who come again and again, or arrivals at a rate. */
  readonly model: 'users' | 'rate';
  /** With a rate, those that begin with it; may be empty. */
  readonly users: string;
  readonly rate: string;
  readonly poisson: boolean;
  readonly maxUsers: string;
  readonly ramp: string;
  readonly duration: string;
  /** Patterns of hosts, apart by commas or blanks; empty: any host. */
  readonly hosts: string;
  /** With users, the most that a later change may ask for; may be empty. */
  readonly cap: string;
  readonly maxRps: string;
  readonly deadMan: string;
  readonly params: Readonly<Record<string, string>>;
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

export const paramField = (name: string) => `params.${name}`;

export const defaults = (specs: readonly ParamSpec[]): Record<string, string> =>
  Object.fromEntries(specs.map((spec) => [spec.name, spec.default ?? (spec.type === 'boolean' ? 'false' : '')]));

const MOST_USERS = 1_000_000;
const MOST_RATE = 10_000_000;

export function readUsers(text: string): number | string {
  const compact = text.replaceAll(/[\s,_]/g, '');
  const users = Number(compact);
  if (compact === '' || !Number.isInteger(users) || users < 0 || users > MOST_USERS) return 'A whole number from 0 to 1,000,000.';
  return users;
}

export function readRate(text: string): number | string {
  const compact = text.replaceAll(/[\s,_]/g, '');
  const rate = Number(compact);
  if (compact === '' || !Number.isFinite(rate) || rate < 0 || rate > MOST_RATE) return 'A number from 0 to 10,000,000.';
  return rate;
}

export function readSeconds(text: string, whenEmpty: number | null): number | null | string {
  if (text.trim() === '') return whenEmpty;
  const seconds = parseSeconds(text);
  return Number.isNaN(seconds) ? 'Seconds, or a duration such as 90s, 5m or 1h30m.' : seconds;
}

export function readStart(form: StartForm, specs: readonly ParamSpec[]): Read<StartRequest> {
  const errors: Record<string, string> = {};
  const load = readLoad(form, errors);
  const ramp = readSeconds(form.ramp, 0);
  if (typeof ramp === 'string') errors['ramp_s'] = ramp;
  const duration = readSeconds(form.duration, null);
  if (typeof duration === 'string') errors['duration_s'] = duration;
  else if (duration === 0) errors['duration_s'] = 'Longer than zero, or empty to run until you stop it.';
  const safety = readSafety(form, errors);
  const params: Record<string, string | number | boolean> = {};
  for (const spec of specs) {
    const text = form.params[spec.name] ?? '';
    if (text === (spec.default ?? '') && !(spec.required && text === '')) continue; // The scenario's own default holds.
    const value = readParam(spec, text);
    if (value instanceof Wrong) errors[paramField(spec.name)] = value.message;
    else if (value !== undefined) params[spec.name] = value;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, value: { ...load, ramp_s: ramp as number, duration_s: duration as number | null, params, ...(Object.keys(safety).length > 0 ? { safety } : {}) } };
}

/** Only what was given: the orchestrator's own limits hold for the rest. */
function readSafety(form: StartForm, errors: Record<string, string>): Partial<Safety> {
  const safety: Partial<Safety> = {};
  const hosts = form.hosts.split(/[\s,]+/).filter((host) => host !== '');
  if (hosts.length > 0) safety.allowed_hosts = hosts;
  if (form.model === 'users' && form.cap.trim() !== '') {
    const users = readUsers(form.cap);
    if (typeof users === 'string') errors['safety.max_users'] = users;
    else safety.max_users = users;
  }
  if (form.maxRps.trim() !== '') {
    const most = readRate(form.maxRps);
    if (typeof most === 'string' || !Number.isInteger(most) || most < 1) errors['safety.max_rps'] = 'A whole number from 1 to 10,000,000, or empty for no limit.';
    else safety.max_rps = most;
  }
  const silence = readSeconds(form.deadMan, null);
  if (typeof silence === 'string') errors['safety.dead_man_s'] = silence;
  else if (silence === 0) errors['safety.dead_man_s'] = 'Longer than zero, or empty for a minute.';
  else if (silence !== null) safety.dead_man_s = silence;
  return safety;
}

function readLoad(form: StartForm, errors: Record<string, string>): Pick<StartRequest, 'users' | 'rate' | 'arrivals' | 'max_users'> {
  const note = <T>(field: string, value: T | string): T => {
    if (typeof value === 'string') errors[field] = value;
    return value as T;
  };
  if (form.model === 'users') return { users: note('users', readUsers(form.users)) };
  const rate = note('rate', readRate(form.rate));
  const users = form.users.trim() === '' ? {} : { users: note('users', readUsers(form.users)) };
  const most = form.maxUsers.trim() === '' ? {} : { max_users: note('max_users', readUsers(form.maxUsers)) };
  if (most.max_users === 0) errors['max_users'] = 'At least 1, or empty for 10,000.';
  return { rate, arrivals: form.poisson ? 'poisson' : 'constant', ...users, ...most };
}

class Wrong {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

function readParam(spec: ParamSpec, text: string): string | number | boolean | undefined | Wrong {
  if (text.trim() === '' && spec.type !== 'string') return spec.required ? new Wrong('Required.') : undefined;
  switch (spec.type) {
    case 'string':
      return text === '' && spec.required ? new Wrong('Required.') : text;
    case 'boolean':
      return text === 'true';
    case 'int':
    case 'long': {
      if (!/^[+-]?\d+$/.test(text.trim())) return new Wrong('A whole number.');
      const value = Number(text);
      return Number.isSafeInteger(value) ? value : text.trim(); // A double would round a large long.
    }
    case 'double': {
      const value = Number(text);
      return Number.isFinite(value) ? value : new Wrong('A number, such as 0.5.');
    }
    default:
      return text.trim();
  }
}

const FIELDS = new Set(['users', 'rate', 'max_users', 'ramp_s', 'duration_s', 'safety.allowed_hosts', 'safety.max_users', 'safety.max_rps', 'safety.dead_man_s']);

/** The field of the form that `details.field` of a refusal names, whichever way it names a parameter. */
export function fieldOf(named: string | null, specs: readonly ParamSpec[]): string | null {
  if (named === null) return null;
  const bare = named.replace(/^params\./, '');
  if (specs.some((spec) => spec.name === bare) && (named !== bare || !FIELDS.has(bare))) {
    return paramField(bare);
  }
  return FIELDS.has(named) ? named : null;
}
