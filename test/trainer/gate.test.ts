import { describe, expect, it } from 'vitest';
import { judge } from '../../trainer/gate.ts';

const errors = (...values: number[]) => Float64Array.from(values);

describe('judge', () => {
  it('promotes what beats the plain mean by more than two standard errors, with both errors in words', () => {
    const gate = judge({ candidate: errors(1, 1, 1, 1), baseline: errors(9, 10, 9, 8), unit: ' min' });
    expect(gate).toEqual({ verdict: 'promoted', reason: 'a cross-validated error of 1 min against 3 min for the plain mean' });
  });

  it('keeps what beats it by less than the scatter of the differences', () => {
    // Differences 10, -8, 9, -7: mean 1, standard error 4.9.
    expect(judge({ candidate: errors(0, 8, 0, 7), baseline: errors(10, 0, 9, 0), unit: '' }).verdict).toBe('kept');
  });

  it('keeps what is equal or worse', () => {
    expect(judge({ candidate: errors(4, 4, 4), baseline: errors(4, 4, 4), unit: '' }).verdict).toBe('kept');
    expect(judge({ candidate: errors(5, 5, 5), baseline: errors(4, 4, 4), unit: '' }).verdict).toBe('kept');
  });

  it('keeps what has no finite error', () => {
    expect(judge({ candidate: errors(1, NaN, 1), baseline: errors(9, 9, 9), unit: '' })).toEqual({ verdict: 'kept', reason: 'its cross-validated error is not finite' });
  });
});
