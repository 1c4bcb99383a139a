import { expect, it } from 'vitest';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { isCopy } from '../../contract/arms/arms.ts';
import { calibrate } from './calibration.ts';
import { renderCalibration } from './render-calibration.ts';

const RUNS = 60;
const CPU = 'Server CPU per token';

/**
 * Makes records of A/A runs with the noise of a machine; `copyFactor` changes the copy as a fault
 * of the harness would.
 */
function aaRuns(copyFactor: (quantity: string) => number = () => 1, runs = RUNS, noise = 0.06) {
  const factor: FixtureOptions['factor'] = (quantity, _transport, _connections, arm) =>
    arm !== undefined && isCopy(arm) ? copyFactor(quantity) : 1;
  return Array.from({ length: runs }, (_, run) =>
    fixtureRun({
      transports: [run % 2 === 0 ? 'sse' : 'ws'],
      copy: true,
      blocks: 9,
      burnInBlocks: 0,
      seed: run + 1,
      noise,
      factor,
    }),
  );
}

it('of a sound harness nothing is said, and every endpoint has a p-value from every run', () => {
  const calibration = calibrate(aaRuns());
  expect(calibration.faults).toEqual([]);
  expect(calibration.measured).toBe(RUNS * calibration.endpoints.length);
  expect(calibration.endpoints.every(({ uniformity }) => uniformity.count === RUNS)).toBe(true);
  expect(renderCalibration(calibration)).toContain('Nothing speaks against the harness');
});

it('equivalence is called in at most 5 % of the runs with an effect on the margin, and hardly ever refused for want of a test', () => {
  for (const { falseEquivalences } of calibrate(aaRuns()).endpoints.filter(
    ({ metric }) => metric.isExact !== true,
  )) {
    expect(falseEquivalences.of).toBeGreaterThanOrEqual(RUNS);
    expect(falseEquivalences.called / falseEquivalences.of).toBeLessThan(0.1);
  }
});

it('too many small p-values of one endpoint are a fault, though hardly one survives the correction', () => {
  const { faults, claims, planned } = calibrate(
    aaRuns((quantity) => (quantity === 'serverCpu' ? 1.03 : 1)),
  );
  expect(claims).toBeLessThan(0.05 * planned);
  expect(faults.filter((fault) => fault.includes('p-values are below 0.05'))).toHaveLength(1);
  expect(faults.every((fault) => fault.startsWith(CPU))).toBe(true);
});

it('a bias that takes an effect on the margin away is a fault: it would be called equivalent', () => {
  const { faults } = calibrate(
    aaRuns((quantity) => (quantity === 'serverCpu' ? 1 / 1.04 : 1), 30, 0.01),
  );
  expect(faults.filter((fault) => fault.includes('called equivalent'))).toHaveLength(1);
});

it('an endpoint that was not measured is a fault, and so is no run at all', () => {
  const others = aaRuns(undefined, 2);
  const lost = fixtureRun({
    transports: ['sse'],
    copy: true,
    blocks: 9,
    burnInBlocks: 0,
    edit: (trial) => ({ ...trial, distributions: {} }),
  });
  expect(calibrate([lost, ...others]).faults[0]).toMatch(/^\d+ of \d+ endpoints were not measured/);
  expect(calibrate([]).faults).toEqual(['there is no run']);
});
