import { describe, expect, it } from 'vitest';
import type { ParamSpec, ParamType } from '../src/data/contract';
import { defaults, fieldOf, readStart, type StartForm } from '../src/data/form';

const spec = (name: string, type: ParamType, more: Partial<ParamSpec> = {}): ParamSpec => ({
  name, type, required: false, default: null, description: null, values: null, ...more,
});

const SPECS = [
  spec('baseUrl', 'uri', { default: 'http://127.0.0.1:9000' }),
  spec('token', 'string', { required: true }),
  spec('items', 'int', { default: '3' }),
  spec('seed', 'long'),
  spec('gzip', 'boolean', { default: 'true' }),
  spec('share', 'double'),
];

const form = (more: Partial<StartForm> = {}, params: Record<string, string> = {}): StartForm => ({
  model: 'users', users: '50', rate: '100', poisson: false, maxUsers: '', ramp: '', duration: '', hosts: '', cap: '', maxRps: '', deadMan: '', ...more, params: { ...defaults(SPECS), token: 't', ...params },
});

describe('readStart', () => {
  it('sends only what differs from the defaults, typed', () => {
    expect(readStart(form({ users: '1,000', ramp: '30s', duration: '5m' }, { items: '7', gzip: 'false', share: '0.5' }), SPECS)).toEqual({
      ok: true,
      value: { users: 1_000, ramp_s: 30, duration_s: 300, params: { token: 't', items: 7, gzip: false, share: 0.5 } },
    });
  });

  it('runs until stopped when no duration is given', () => {
    expect(readStart(form(), SPECS)).toMatchObject({ ok: true, value: { ramp_s: 0, duration_s: null } });
  });

  it('names every wrong field at once', () => {
    const read = readStart(form({ users: '-1', ramp: 'soon', duration: '0' }, { token: '', items: '2.5', share: 'x' }), SPECS);
    expect(read.ok ? [] : Object.keys(read.errors).sort()).toEqual(
      ['duration_s', 'params.items', 'params.share', 'params.token', 'ramp_s', 'users'],
    );
  });

  it('starts arrivals at a rate, with what the form leaves out left out', () => {
    expect(readStart(form({ model: 'rate', users: '', rate: '1,500.5', poisson: true, maxUsers: '200' }), SPECS)).toMatchObject({
      ok: true,
      value: { rate: 1_500.5, arrivals: 'poisson', max_users: 200 },
    });
    const constant = readStart(form({ model: 'rate', users: '', rate: '20' }), SPECS);
    expect(constant.ok && Object.keys(constant.value).sort()).toEqual(['arrivals', 'duration_s', 'params', 'ramp_s', 'rate']);
  });

  it('names what is wrong with a rate', () => {
    const read = readStart(form({ model: 'rate', users: 'x', rate: 'fast', maxUsers: '0' }), SPECS);
    expect(read.ok ? [] : Object.keys(read.errors).sort()).toEqual(['max_users', 'rate', 'users']);
  });

  it('sends the limits that were given, and no others', () => {
    expect(readStart(form({ hosts: 'shop.test:8000, *.shop.test', cap: '100', maxRps: '1,000', deadMan: '2m' }), SPECS)).toMatchObject({
      ok: true,
      value: { safety: { allowed_hosts: ['shop.test:8000', '*.shop.test'], max_users: 100, max_rps: 1_000, dead_man_s: 120 } },
    });
    const read = readStart(form(), SPECS);
    expect(read.ok && 'safety' in read.value).toBe(false);
  });

  it('names what is wrong with a limit', () => {
    const read = readStart(form({ cap: '-1', maxRps: '0', deadMan: '0' }), SPECS);
    expect(read.ok ? [] : Object.keys(read.errors).sort()).toEqual(['safety.dead_man_s', 'safety.max_rps', 'safety.max_users']);
  });

  it('keeps a long that a double cannot hold', () => {
    expect(readStart(form({}, { seed: '9007199254740993' }), SPECS)).toMatchObject({ value: { params: { seed: '9007199254740993' } } });
  });
});

describe('fieldOf', () => {
  it('finds the field a refusal names, with or without its prefix', () => {
    expect(['token', 'params.token', 'users', 'nonsense', null].map((f) => fieldOf(f, SPECS))).toEqual(
      ['params.token', 'params.token', 'users', null, null],
    );
  });
});
