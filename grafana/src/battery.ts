// How the battery lives: one inverter, days to a month. Every line is a setting of the inverter.
import { dashboard, folded, row } from './dashboard';
import { batteryCurrents, batteryLines } from './overview';
import * as palette from './palette';
import { bars, lines, ranking, stat } from './panels';
import * as q from './queries';

const volts = q.of('mppsolar_battery_volts');
const charge = q.of('mppsolar_battery_state_of_charge_ratio');
const range = '[$__range:5m]';

const now = [
  stat(
    {
      title: 'Voltage',
      description: 'Battery voltage, and the time that is shown behind it.',
      unit: 'volt',
      decimals: 1,
      size: [4, 4],
      color: palette.batteryIn,
      spark: true,
    },
    { expr: q.value('mppsolar_battery_volts'), legend: 'voltage' },
  ),
  stat(
    {
      title: 'State of charge',
      description: 'An estimate of the inverter from the voltage, unless a BMS is connected.',
      unit: 'percentunit',
      decimals: 0,
      size: [4, 4],
      color: palette.batteryIn,
      spark: true,
    },
    { expr: q.value('mppsolar_battery_state_of_charge_ratio'), legend: 'charge' },
  ),
  stat(
    {
      title: 'Charged from',
      description: 'Whether sun or grid charge the battery now, as the inverter says it.',
      unit: 'none',
      size: [4, 4],
      words: {
        0: ['Nothing', palette.faint],
        1: ['Sun', palette.solar],
        2: ['Grid', palette.grid],
        3: ['Sun and grid', palette.solar],
      },
    },
    {
      expr: `${q.value('mppsolar_scc_charging')} + 2 * ${q.value('mppsolar_ac_charging')}`,
      legend: 'charged from',
    },
  ),
  stat(
    {
      title: 'Floating',
      description:
        'Whether the charge is in its floating stage: the battery is full and only kept so. Empty for models that do not tell it.',
      unit: 'none',
      size: [4, 4],
      words: { 0: ['No', palette.faint], 1: ['Yes', palette.fine] },
      noValue: 'This model does not tell it',
    },
    { expr: q.value('mppsolar_charging_to_float'), legend: 'floating' },
  ),
  stat(
    {
      title: 'Charged',
      description: 'Energy into the battery in the time that is shown.',
      unit: 'kwatth',
      decimals: 1,
      size: [4, 4],
      color: palette.batteryIn,
    },
    { expr: q.energy('battery_charge', '$__range'), legend: 'charged' },
  ),
  stat(
    {
      title: 'Discharged',
      description:
        'Energy out of the battery in the time that is shown. Too low on units whose discharge current reads low.',
      unit: 'kwatth',
      decimals: 1,
      size: [4, 4],
      color: palette.batteryOut,
    },
    { expr: q.energy('battery_discharge', '$__range'), legend: 'discharged' },
  ),
];

const overTime = [
  lines(
    {
      title: 'Voltage, and the lines that the inverter acts at',
      description:
        'The dashed lines are settings of this inverter. A line that it does not tell is not drawn.',
      unit: 'volt',
      decimals: 1,
      size: [12, 9],
    },
    ...batteryLines,
  ),
  lines(
    {
      title: 'Voltage over state of charge',
      description:
        'Both in one picture: a voltage that falls while the charge seems full is a battery that ages, or a wrong estimate.',
      unit: 'volt',
      decimals: 1,
      size: [12, 9],
    },
    { expr: q.value('mppsolar_battery_volts'), legend: 'voltage', color: palette.batteryIn },
    {
      expr: q.value('mppsolar_battery_state_of_charge_ratio'),
      legend: 'state of charge',
      color: palette.plain,
      fill: 10,
      axis: { unit: 'percentunit', min: 0, max: 1 },
    },
  ),
  lines(
    {
      title: 'Current',
      description:
        'Current into the battery above zero, out of it below, in whole amperes, and the charging currents that are set as the most. What comes from the grid is drawn where a model tells it.',
      unit: 'amp',
      size: [12, 8],
    },
    ...batteryCurrents,
    {
      expr: q.value('mppsolar_ac_charge_amperes'),
      legend: 'in from the grid',
      color: palette.grid,
    },
    {
      expr: q.value('mppsolar_setting_max_charge_amperes'),
      legend: 'most that may go in',
      color: palette.faint,
      dashed: true,
    },
    {
      expr: q.value('mppsolar_setting_max_ac_charge_amperes'),
      legend: 'most from the grid',
      color: palette.grid,
      dashed: true,
    },
  ),
  ranking(
    {
      title: 'Mean voltage at each state of charge',
      description:
        'Mean voltage while the battery was discharged, in the time that is shown, by state of charge. A band that the battery was never in is not drawn.',
      unit: 'volt',
      decimals: 1,
      size: [12, 8],
      color: palette.batteryIn,
      noValue: 'The battery was not discharged in this time: show more days',
    },
    ...[90, 80, 70, 60, 50, 40, 30, 20, 10, 0].map((from) => ({
      expr:
        `avg by (inverter) (avg_over_time((${volts} and (${charge} >= ${from / 100} ` +
        `${from === 90 ? '' : `< ${(from + 10) / 100}`}) and ` +
        `(${q.of('mppsolar_battery_discharge_amperes')} > 0))${range}))`,
      legend: `${from} to ${from + 10} %`,
    })),
  ),
];

/** Seconds of the time that is shown in which the battery was below (or at or above) a setting. */
const timeAt = (comparison: '<' | '>=', name: string) => {
  const setting = q.of(`mppsolar_setting_battery_${name}_volts`);
  return `sum by (inverter) (sum_over_time((${volts} ${comparison} bool ${setting})${range})) * 300`;
};

const stress = [
  ...(
    [
      ['Below cut-off', 'at which it shuts down', 'cutoff', palette.bad],
      ['Below back-to-grid', 'at which the house goes back to the grid', 'recharge', palette.worse],
    ] as const
  ).map(([title, what, name, color]) =>
    stat(
      {
        title,
        description: `Time, of that which is shown, with the battery below the voltage ${what}, to 5 minutes. The voltage is a setting of this inverter.`,
        unit: 'dtdurations',
        decimals: 0,
        size: [5, 4],
        steps: [
          [null, palette.fine],
          [1, color],
        ],
      },
      { expr: timeAt('<', name), legend: title },
    ),
  ),
  stat(
    {
      title: 'Full: at float or above',
      description:
        'Time, of that which is shown, with the battery at the voltage of the floating charge or above, to 5 minutes. ' +
        'A lead battery that is never full ages fast.',
      unit: 'dtdurations',
      decimals: 0,
      size: [5, 4],
      steps: [
        [null, palette.worse],
        [1, palette.fine],
      ],
    },
    { expr: timeAt('>=', 'float'), legend: 'full' },
  ),
  stat(
    {
      title: 'Deepest discharge',
      description:
        'What had been taken out of a full battery at its emptiest in the time that is shown.',
      unit: 'percentunit',
      decimals: 0,
      size: [5, 4],
      color: palette.batteryOut,
    },
    { expr: `1 - min by (inverter) (min_over_time(${charge}[$__range]))`, legend: 'discharge' },
  ),
  stat(
    {
      title: 'Out of what went in',
      description:
        'Energy out of the battery by energy into it, in the time that is shown. Over days of equal charge it is the efficiency of the battery; ' +
        'too low on units whose discharge current reads low.',
      unit: 'percentunit',
      decimals: 0,
      size: [4, 4],
      color: palette.batteryOut,
    },
    {
      expr: `${q.energy('battery_discharge', '$__range')} / (${q.energy('battery_charge', '$__range')} > 0)`,
      legend: 'efficiency',
    },
  ),
];

const daily = { time: '30d', interval: '1d', size: [8, 8] as [number, number] };
const noSun = `(sum by (${q.identity}) (${q.of('mppsolar_pv_watts')}) == 0)`;

const perDay = [
  bars(
    {
      title: 'Charged and discharged per day',
      description:
        'Energy into the battery above zero and out of it below, of each of the last 30 days, in UTC days.',
      unit: 'kwatth',
      ...daily,
    },
    { expr: q.energyOfDay('battery_charge'), legend: 'charged', color: palette.batteryIn },
    {
      expr: `-1 * ${q.energyOfDay('battery_discharge')}`,
      legend: 'discharged',
      color: palette.batteryOut,
    },
  ),
  bars(
    {
      title: 'Depth of discharge per day',
      description:
        'What had been taken out of a full battery at its emptiest, of each of the last 30 days, in UTC days. The state of charge is an estimate.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      ...daily,
    },
    {
      expr: `1 - min by (inverter) (min_over_time(${charge}[1d] ${q.ofThatDay}))`,
      legend: 'depth',
      color: palette.batteryOut,
    },
  ),
  lines(
    {
      title: 'Rest voltage at dawn',
      description:
        'The lowest voltage while the panels gave nothing, of each of the last 30 days: what the night left. ' +
        'A line that sinks from week to week is a battery that ages. The house draws on at night, so a battery at full rest would be a little higher.',
      unit: 'volt',
      decimals: 1,
      ...daily,
    },
    {
      expr: `min by (inverter) (min_over_time((${volts} and on (${q.identity}) ${noSun})[1d:5m] ${q.ofThatDay}))`,
      legend: 'at dawn',
      color: palette.batteryIn,
    },
    {
      expr: q.value('mppsolar_setting_battery_recharge_volts'),
      legend: 'back to grid',
      color: palette.recharge,
      dashed: true,
    },
    {
      expr: q.value('mppsolar_setting_battery_cutoff_volts'),
      legend: 'cut-off',
      color: palette.cutoff,
      dashed: true,
    },
  ),
];

const none = 'This model does not equalize, or does not tell of it';
const equalization = [
  stat(
    {
      title: 'Equalization',
      description:
        'Whether equalization is switched on, and whether one is running. Empty for models without it.',
      unit: 'none',
      size: [8, 4],
      words: { 0: ['Off', palette.faint], 1: ['On', palette.fine], 2: ['Running', palette.worse] },
      noValue: none,
    },
    {
      expr: `${q.value('mppsolar_setting_battery_equalization')} + ${q.value('mppsolar_battery_equalization_active')}`,
      legend: 'equalization',
    },
  ),
  stat(
    {
      title: 'Running for',
      description:
        'Elapsed time of the equalization, counted in whole hours. Empty for models without it.',
      unit: 'dtdurations',
      size: [8, 4],
      color: palette.plain,
      noValue: none,
    },
    { expr: q.value('mppsolar_battery_equalization_elapsed_seconds'), legend: 'elapsed' },
  ),
  stat(
    {
      title: 'Every, for, at',
      description:
        'Time from one equalization to the next, its length, and its voltage, as they are set. Empty for models without it.',
      unit: 'dtdurations',
      size: [8, 4],
      color: palette.plain,
      bothNames: true,
      noValue: none,
    },
    { expr: q.value('mppsolar_setting_battery_equalization_period_seconds'), legend: 'every' },
    { expr: q.value('mppsolar_setting_battery_equalization_seconds'), legend: 'for' },
    { expr: q.value('mppsolar_setting_battery_equalization_volts'), legend: 'at' },
  ).overrideByName('at', [{ id: 'unit', value: 'volt' }]),
];

export function battery() {
  const board = dashboard({
    uid: 'mppsolar-battery',
    title: 'Solar / Battery',
    description: 'How the battery of one inverter lives: voltages, energies, depth of discharge.',
    inverters: 'one',
    from: 'now-7d',
  });
  for (const panel of [...now, ...overTime]) board.withPanel(panel);
  board.withRow(row('How hard it works'));
  for (const panel of stress) board.withPanel(panel);
  board.withRow(row('Day by day'));
  for (const panel of perDay) board.withPanel(panel);
  board.withRow(folded('Equalization', equalization));
  return board;
}
