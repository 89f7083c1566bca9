import { describe, expect, it } from 'vitest';
import { errorsHref, parse, runHref } from '../src/view/route';
import { DEFAULTS, read } from '../src/view/settings';

describe('the address', () => {
  it('leads back to the errors of a series whose name has every kind of sign', () => {
    const route = parse(errorsHref({ kind: 'REQUEST', step: 'step/one', name: 'GET /a?b=c&d=e#f %' }));
    expect(route.tab).toBe('errors');
    expect([route.query.get('series'), route.query.get('step')]).toEqual(['GET /a?b=c&d=e#f %', 'step/one']);
  });

  it('leads from a step to all errors in it', () => {
    expect(errorsHref({ kind: 'STEP', step: 'pay', name: 'pay' })).toBe('#/errors?step=pay');
    expect(errorsHref({ kind: 'FLOW', step: '', name: 'buy' })).toBe('#/errors?series=buy');
  });

  it('leads to one run of the history', () => {
    expect(parse(runHref('20261121-224930-k3f9'))).toMatchObject({ tab: 'runs', id: '20261121-224930-k3f9' });
  });

  it('falls back to the overview, whatever was typed', () => {
    expect(['', '#', '#/', '#/nothing', '#/runs/%E0%A4%A'].map((hash) => [parse(hash).tab, parse(hash).id])).toEqual([
      ['overview', null],
      ['overview', null],
      ['overview', null],
      ['overview', null],
      ['runs', null],
    ]);
  });
});

describe('the settings kept', () => {
  it('come back as they were chosen', () => {
    expect(read(JSON.stringify({ ...DEFAULTS, theme: 'dark', range: 'all' }))).toEqual({ ...DEFAULTS, theme: 'dark', range: 'all' });
  });

  it('give way to the defaults where they make no sense', () => {
    expect(read('{"theme":"pink","range":7,"clock":"service","other":1}')).toEqual({ ...DEFAULTS, clock: 'service' });
    expect([null, 'null', '{', '7'].map(read)).toEqual(Array(4).fill(DEFAULTS));
  });
});
