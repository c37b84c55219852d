import test from 'ava';
import {
  addPrices,
  DEVICES,
  estimateCarbon,
  estimateEnergy,
  findDevice,
  gridIntensity,
  parseDevices,
  priceDeviceHours,
} from '../../src/cost/index.js';

const close = (value: number, wanted: number, share: number) => Math.abs(value / wanted - 1) < share;

test("estimateEnergy gives the energy that Patterson et al. 2021 (arXiv 2104.10350, table 4) state for T5's training", t => {
  // 10,242 TPU v3 chip-days at 310 W a chip with its share of the computer, PUE 1.12: 85.7 MWh; 46.7 t at 545 g/kWh
  const v3 = { ...findDevice('tpu-v3'), watts: 310 };
  const energy = estimateEnergy(10_242 * 24, v3, { hostWatts: 0, pue: 1.12 });
  t.true(close(energy.total, 85_700, 0.005), `${energy.total}`);
  t.true(close(estimateCarbon(energy.total, 545), 46_700, 0.005));
});

test("estimateEnergy gives the energy that Patterson et al. 2021 state for GPT-3's training", t => {
  // 10,000 V100 for 14.8 days at 330 W a device with its share of the computer, PUE 1.10: 1,287 MWh; 552 t at 429 g/kWh
  const v100 = { ...findDevice('v100-32gb'), watts: 330 };
  const energy = estimateEnergy(10_000 * 14.8 * 24, v100, { hostWatts: 0, pue: 1.1 });
  t.true(close(energy.total, 1_287_000, 0.005), `${energy.total}`);
  t.true(close(estimateCarbon(energy.total, 429), 552_000, 0.005));
});

test('the items of energy add up, and waiting draws the idle power', t => {
  const { items, total } = estimateEnergy(100, findDevice('tpu-v4'), { idleShare: 0.25, pue: 1.2, hostWatts: 50 });
  t.true(close(items.devices, (75 * 192) / 1000, 1e-12));
  t.true(close(items.idle, (25 * 90) / 1000, 1e-12));
  t.true(close(items.host, 5, 1e-12));
  t.true(close(total, 1.2 * (items.devices + items.idle + items.host), 1e-12));
});

test('priceDeviceHours takes the list price, or the price it is given, or says that none is known', t => {
  t.is(priceDeviceHours(10, findDevice('tpu-v5e')).usd, 12);
  t.is(priceDeviceHours(10, findDevice('tpu-v5e'), { usdPerHour: 0.5 }).usd, 5);
  t.is(priceDeviceHours(10, findDevice('mi250x')).usd, null);
});

test('addPrices adds money, energy and carbon', t => {
  const one = priceDeviceHours(10, findDevice('h100'), { grid: 'france' });
  const two = addPrices([one, one, one]);
  t.is(two.deviceHours, 30);
  t.true(close(two.usd!, 3 * one.usd!, 1e-12) && close(two.carbon, 3 * one.carbon, 1e-12));
});

test('a grid region is known by name, and a number is grams a kWh', t => {
  t.is(gridIntensity('france'), 44.18);
  t.is(gridIntensity(123), 123);
  t.throws(() => gridIntensity('frnace'), { message: /^unknown grid region "frnace"; did you mean france\?/ });
  t.throws(() => gridIntensity(-1), { message: 'grid intensity must be in [0, 2000] g/kWh, got -1' });
});

for (const { name, peak, origins, ...figures } of DEVICES)
  test(`${name} has a source for every figure`, t => {
    t.true(Object.values(peak).length > 0 && Object.values(peak).every(rate => rate > 1e12 && rate < 1e16));
    for (const figure of ['memoryBytes', 'bandwidth', 'links', 'watts'] as const)
      t.truthy(origins[figure]?.date, figure);
    if (figures.usdPerHour !== undefined) t.truthy(origins.usdPerHour?.source);
  });

test('parseDevices reads a device of the user, in the units its fields name', t => {
  const [device] = parseDevices(
    [{ name: 'mine', peak_tflops: { bf16: 100 }, memory_gb: 24, bandwidth_gb_per_s: 600, watts: 250 }],
    'my.yaml',
  );
  t.is(device.peak.bf16, 1e14);
  t.is(device.bandwidth, 6e11);
  t.is(findDevice('mine', [device]), device);
});

for (const [change, message] of [
  [{ watts: -1 }, 'my.yaml, device 1: watts must be a positive number, got -1'],
  [{ peak_tflops: { bf17: 1 } }, /^my\.yaml, device 1: peak_tflops: unknown number format "bf17"; did you mean bf16\?/],
  [{ wats: 1 }, /^my\.yaml, device 1: unknown field "wats"; did you mean watts\?/],
  [{ name: '../x' }, /^my\.yaml, device 1: name must be lower-case letters/],
] as const)
  test(`parseDevices refuses ${JSON.stringify(change)}`, t => {
    const device = { name: 'mine', peak_tflops: { bf16: 100 }, memory_gb: 24, bandwidth_gb_per_s: 600, watts: 250 };
    t.throws(() => parseDevices([{ ...device, ...change }], 'my.yaml'), { message });
  });
