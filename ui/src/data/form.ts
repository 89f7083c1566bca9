import type { StartRequest } from './calls';
import type { ParamSpec } from './contract';
import { parseSeconds } from './format';

/** The start form as text, and what it means. Pure; the orchestrator has the last word on each value. */
export interface StartForm {
  readonly users: string;
  readonly ramp: string;
  readonly duration: string;
  readonly params: Readonly<Record<string, string>>;
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

export const paramField = (name: string) => `params.${name}`;

export const defaults = (specs: readonly ParamSpec[]): Record<string, string> =>
  Object.fromEntries(specs.map((spec) => [spec.name, spec.default ?? (spec.type === 'boolean' ? 'false' : '')]));

const MOST_USERS = 1_000_000;

export function readUsers(text: string): number | string {
  const compact = text.replaceAll(/[\s,_]/g, '');
  const users = Number(compact);
  if (compact === '' || !Number.isInteger(users) || users < 0 || users > MOST_USERS) return 'A whole number from 0 to 1,000,000.';
  return users;
}

export function readSeconds(text: string, whenEmpty: number | null): number | null | string {
  if (text.trim() === '') return whenEmpty;
  const seconds = parseSeconds(text);
  return Number.isNaN(seconds) ? 'Seconds, or a duration such as 90s, 5m or 1h30m.' : seconds;
}

export function readStart(form: StartForm, specs: readonly ParamSpec[]): Read<StartRequest> {
  const errors: Record<string, string> = {};
  const users = readUsers(form.users);
  if (typeof users === 'string') errors['users'] = users;
  const ramp = readSeconds(form.ramp, 0);
  if (typeof ramp === 'string') errors['ramp_s'] = ramp;
  const duration = readSeconds(form.duration, null);
  if (typeof duration === 'string') errors['duration_s'] = duration;
  else if (duration === 0) errors['duration_s'] = 'Longer than zero, or empty to run until you stop it.';
  const params: Record<string, string | number | boolean> = {};
  for (const spec of specs) {
    const text = form.params[spec.name] ?? '';
    if (text === (spec.default ?? '') && !(spec.required && text === '')) continue; // The scenario's own default holds.
    const value = readParam(spec, text);
    if (value instanceof Wrong) errors[paramField(spec.name)] = value.message;
    else if (value !== undefined) params[spec.name] = value;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, value: { users: users as number, ramp_s: ramp as number, duration_s: duration as number | null, params } };
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

/** The field of the form that `details.field` of a refusal names, whichever way it names a parameter. */
export function fieldOf(named: string | null, specs: readonly ParamSpec[]): string | null {
  if (named === null) return null;
  const bare = named.replace(/^params\./, '');
  if (specs.some((spec) => spec.name === bare) && (named !== bare || !['users', 'ramp_s', 'duration_s'].includes(bare))) {
    return paramField(bare);
  }
  return ['users', 'ramp_s', 'duration_s'].includes(named) ? named : null;
}
