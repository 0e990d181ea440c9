// Is my house all right? One inverter: its state and its power without scrolling, then its day.
import { dashboard, row } from './dashboard';
import * as palette from './palette';
import { bars, inWords, lines, modeWords, stat, table } from './panels';
import * as q from './queries';

const setting = (name: string) => q.value(`mppsolar_setting_battery_${name}_volts`);

/** Into the battery above zero, out of it below. */
export const batteryCurrents = [
  {
    expr: q.value('mppsolar_battery_charge_amperes'),
    legend: 'in',
    color: palette.batteryIn,
    fill: 20,
  },
  {
    expr: `-1 * ${q.value('mppsolar_battery_discharge_amperes')}`,
    legend: 'out',
    color: palette.batteryOut,
    fill: 20,
  },
];

export const batteryLines = [
  {
    expr: q.value('mppsolar_battery_volts'),
    legend: 'battery',
    color: palette.batteryIn,
    fill: 10,
  },
  { expr: setting('bulk'), legend: 'bulk charge', color: palette.bulk, dashed: true },
  { expr: setting('float'), legend: 'float charge', color: palette.float, dashed: true },
  {
    expr: `${setting('redischarge')} > 0`,
    legend: 'back to battery',
    color: palette.redischarge,
    dotted: true,
  },
  { expr: setting('recharge'), legend: 'back to grid', color: palette.recharge, dashed: true },
  { expr: setting('cutoff'), legend: 'cut-off', color: palette.cutoff, dashed: true },
];

const state = [
  stat(
    {
      title: 'All right?',
      description:
        'The worst that is known: the exporter is down, the inverter does not answer, it reports a fault, or a warning. ' +
        'Warnings that every night or power cut brings (no sun, no grid) do not count here; they are shown on the right.',
      unit: 'none',
      size: [4, 4],
      words: {
        0: ['Yes', palette.fine],
        1: ['Warning', palette.worse],
        2: ['Fault', palette.bad],
        3: ['No answer', palette.bad],
        4: ['Exporter down', palette.bad],
      },
      noValue: 'No data: let Prometheus scrape the exporter (see grafana/README.md)',
    },
    {
      expr: `max(${q.trouble('inverter')}) or ((min(${q.exporter('up')}) == 0) + 4)`,
      legend: 'all right',
    },
  ),
  stat(
    {
      title: 'Mode',
      description:
        'What the inverter does: in battery mode sun and battery feed the house, in line mode the grid does.',
      unit: 'none',
      size: [4, 4],
      words: modeWords,
    },
    { expr: q.modeOrSilence('inverter'), legend: 'mode' },
  ),
  stat(
    {
      title: 'Last full reading',
      description:
        'How long ago the inverter last answered everything that a scrape asks. It is as old as a scrape at most while all is well.',
      unit: 's',
      decimals: 0,
      size: [4, 4],
      steps: [
        [null, palette.fine],
        [120, palette.look],
        [300, palette.worse],
        [900, palette.bad],
      ],
    },
    {
      expr: `time() - ${q.value('mppsolar_last_success_timestamp_seconds')}`,
      legend: 'age',
    },
  ),
  stat(
    {
      title: 'Faults',
      description:
        'Faults that the inverter reports now, in words, and the code of its manual, which is shown only while there is one.',
      unit: 'none',
      size: [5, 4],
      names: true,
      steps: [
        [null, palette.fine],
        [1, palette.bad],
      ],
      noValue: 'Not known: the inverter does not answer',
    },
    { expr: q.active('mppsolar_fault_active', 'fault'), legend: '{{fault}}' },
    { expr: q.faultCode(), legend: 'code {{code}}' },
  ).withTransformation(inWords),
  stat(
    {
      title: 'Warnings',
      description:
        'Warnings that the inverter reports now, in words. "pv loss" is normal at night, "line fail" without a grid.',
      unit: 'none',
      size: [7, 4],
      names: true,
      steps: [
        [null, palette.fine],
        [1, palette.worse],
      ],
      noValue: 'Not known: the inverter does not answer',
    },
    { expr: q.active('mppsolar_warning_active', 'warning'), legend: '{{warning}}' },
  ).withTransformation(inWords),
];

const flow = [
  stat(
    {
      title: 'Sun',
      description: 'Power of all PV trackers together.',
      unit: 'watt',
      size: [5, 5],
      color: palette.solar,
      spark: true,
    },
    { expr: q.pvWatts(), legend: 'sun' },
  ),
  stat(
    {
      title: 'Into the battery',
      description:
        'Charging current times battery voltage, from sun and grid together. Inverters tell the current in whole amperes.',
      unit: 'watt',
      size: [5, 5],
      color: palette.batteryIn,
      spark: true,
    },
    { expr: q.chargeWatts(), legend: 'into the battery' },
  ),
  stat(
    {
      title: 'Out of the battery',
      description:
        'Discharging current times battery voltage. Some units report this current too low.',
      unit: 'watt',
      size: [5, 5],
      color: palette.batteryOut,
      spark: true,
    },
    { expr: q.dischargeWatts(), legend: 'out of the battery' },
  ),
  stat(
    {
      title: 'House',
      description: 'Active power of the output: what the house takes.',
      unit: 'watt',
      size: [5, 5],
      color: palette.house,
      spark: true,
    },
    { expr: q.loadWatts(), legend: 'house' },
  ),
  stat(
    {
      title: 'Grid',
      description:
        'Whether the grid is there, by its frequency. These inverters do not measure the power of the grid, so none is shown.',
      unit: 'none',
      size: [4, 5],
      spark: true,
      words: { 0: ['Off', palette.worse], 1: ['On', palette.grid] },
    },
    { expr: `${q.value('mppsolar_grid_hertz')} > bool 0`, legend: 'grid' },
  ),
];

const batteryRow = [
  lines(
    {
      title: 'Battery voltage and the lines that the inverter acts at',
      description:
        'The dashed lines are settings of this inverter: where it switches off (cut-off), gives the house back to the grid, ' +
        'gives it back to the battery, and the two charging voltages. A line that the inverter does not tell is not drawn.',
      unit: 'volt',
      decimals: 1,
      size: [12, 9],
    },
    ...batteryLines,
  ),
  lines(
    {
      title: 'Charge and current of the battery',
      description:
        'Current into the battery above zero, out of it below. The state of charge is an estimate from the voltage unless a BMS is connected.',
      unit: 'amp',
      size: [12, 9],
      fill: 15,
    },
    ...batteryCurrents,
    {
      expr: q.value('mppsolar_battery_state_of_charge_ratio'),
      legend: 'state of charge',
      color: palette.plain,
      fill: 0,
      axis: { unit: 'percentunit', min: 0, max: 1 },
    },
  ),
];

const powerRow = [
  lines(
    {
      title: 'Sun, per tracker',
      description:
        'Power of each PV tracker; most models have one. What is fed into the grid is drawn for models that do so.',
      unit: 'watt',
      size: [12, 8],
      min: 0,
      fill: 15,
    },
    ...['1', '2', '3'].map((mppt, i) => ({
      expr: q.value('mppsolar_pv_watts', `mppt=\"${mppt}\"`),
      legend: `tracker ${mppt}`,
      color: [palette.solar, palette.solarSecond, palette.solarThird][i],
    })),
    {
      expr: `${q.value('mppsolar_grid_feed_watts')} > 0`,
      legend: 'fed into the grid',
      color: palette.grid,
    },
  ),
  lines(
    {
      title: 'House, against what the inverter can give',
      description:
        'Power that the house takes. The dashed line is the rated power of this inverter: it is not made for more.',
      unit: 'watt',
      size: [12, 8],
      min: 0,
    },
    { expr: q.loadWatts(), legend: 'house', color: palette.house, fill: 15 },
    {
      expr: q.value('mppsolar_rating_output_watts'),
      legend: 'rated power',
      color: palette.bad,
      dashed: true,
    },
  ),
];

function energyOf(title: string, what: string, width: number, time: string, shift?: string) {
  return stat(
    {
      title,
      description: `Energy ${what}, counted by the exporter while it ran: kilowatt-hours of sun, of the house, and into and out of the battery.`,
      unit: 'kwatth',
      decimals: 1,
      size: [width, 4],
      time,
      shift,
      bothNames: true,
      noValue: 'No energy yet: it is counted from the second scrape on',
    },
    { expr: q.energy('pv', '$__range'), legend: 'sun', color: palette.solar },
    { expr: q.energy('output', '$__range'), legend: 'house', color: palette.house },
    {
      expr: q.energy('battery_charge', '$__range'),
      legend: 'into battery',
      color: palette.batteryIn,
    },
    {
      expr: q.energy('battery_discharge', '$__range'),
      legend: 'out of battery',
      color: palette.batteryOut,
    },
  );
}

const onGrid = q.of('mppsolar_mode', 'mode=~"line|bypass|eco"');
const offGridWatts = `${q.of('mppsolar_output_watts')} * on (${q.identity}) (1 - sum by (${q.identity}) (${onGrid}))`;

const energyRow = [
  energyOf('Today', 'since midnight', 12, 'now/d'),
  energyOf('Yesterday', 'of yesterday', 12, '1d/d', '1d/d'),
  energyOf('Last 7 days', 'of the last 7 days', 9, '7d'),
  energyOf('Last 30 days', 'of the last 30 days', 9, '30d'),
  stat(
    {
      title: 'Its own count, 30 days',
      description:
        'Energy of sun and house as the inverter itself counts them, also while the exporter does not run, in steps of 100 Wh on some models. ' +
        'Empty for models that do not count.',
      unit: 'kwatth',
      decimals: 1,
      size: [3, 4],
      time: '30d',
      bothNames: true,
      noValue: 'This model does not count: see the panels on the left',
    },
    {
      expr: `sum by (inverter) (increase(${q.of('mppsolar_pv_generated_joules_total')}[$__range])) / 3.6e6`,
      legend: 'sun',
      color: palette.solar,
    },
    {
      expr: `sum by (inverter) (increase(${q.of('mppsolar_load_consumed_joules_total')}[$__range])) / 3.6e6`,
      legend: 'house',
      color: palette.house,
    },
  ),
  stat(
    {
      title: 'Self-sufficiency, 7 days',
      description:
        'Self-sufficiency: the part of the energy of the house that it took while the inverter was not in line, bypass or eco mode, over 7 days. ' +
        'It is derived from output watts and mode, as the inverter does not measure the grid: sun that is used in line mode ' +
        'is not counted, and battery charge that came from the grid is.',
      unit: 'percentunit',
      decimals: 0,
      size: [3, 4],
      time: '7d',
      steps: [
        [null, palette.grid],
        [0.5, palette.solar],
        [0.8, palette.fine],
      ],
    },
    {
      expr:
        `sum by (inverter) (sum_over_time((${offGridWatts})[$__range:5m])) / ` +
        `sum by (inverter) (sum_over_time(${q.of('mppsolar_output_watts')}[$__range:5m]))`,
      legend: 'self-sufficiency',
    },
  ),
];

const compareRow = [
  lines(
    {
      title: 'Sun, and 24 hours before',
      description:
        'Power of all trackers, and the same a day earlier. The dashed line begins a day after the first scrape.',
      unit: 'watt',
      size: [8, 8],
      min: 0,
    },
    { expr: q.pvWatts(), legend: 'sun', color: palette.solar, fill: 15 },
    {
      expr: q.pvWatts('inverter', 'offset 1d'),
      legend: '24 h before',
      color: palette.faint,
      dashed: true,
    },
  ),
  lines(
    {
      title: 'House, and 24 hours before',
      description:
        'Power of the house, and the same a day earlier. The dashed line begins a day after the first scrape.',
      unit: 'watt',
      size: [8, 8],
      min: 0,
    },
    { expr: q.loadWatts(), legend: 'house', color: palette.house, fill: 15 },
    {
      expr: q.loadWatts('inverter', 'offset 1d'),
      legend: '24 h before',
      color: palette.faint,
      dashed: true,
    },
  ),
  bars(
    {
      title: 'Energy per day',
      description:
        'Sun and house of each of the last 30 days, in UTC days, counted by the exporter; of today, so far.',
      unit: 'kwatth',
      size: [8, 8],
      min: 0,
      time: '30d',
      interval: '1d',
    },
    { expr: q.energyOfDay('pv'), legend: 'sun', color: palette.solar },
    { expr: q.energyOfDay('output'), legend: 'house', color: palette.house, fill: 0, line: true },
  ),
];

const detailRow = [
  lines(
    {
      title: 'Grid and output voltage',
      description:
        'Voltage of the grid and of the output. Units with a raw heat-sink count show 1 V when there is no grid.',
      unit: 'volt',
      size: [8, 8],
    },
    { expr: q.value('mppsolar_grid_volts'), legend: 'grid', color: palette.grid },
    { expr: q.value('mppsolar_output_volts'), legend: 'output', color: palette.house },
  ),
  lines(
    {
      title: 'Grid and output frequency',
      description: 'Frequency of the grid, 0 while it is off, and of the output.',
      unit: 'hertz',
      size: [8, 8],
    },
    { expr: q.value('mppsolar_grid_hertz'), legend: 'grid', color: palette.grid },
    { expr: q.value('mppsolar_output_hertz'), legend: 'output', color: palette.house },
  ),
  lines(
    {
      title: 'PV voltage and current, per tracker',
      description:
        "Voltage of the panels; current on the battery's side of the charge controller, on MAX at the panels. Trackers that a model does not have are not drawn.",
      unit: 'volt',
      size: [8, 8],
      min: 0,
    },
    ...['1', '2', '3'].flatMap((mppt, i) => [
      {
        expr: q.value('mppsolar_pv_volts', `mppt=\"${mppt}\"`),
        legend: `voltage ${mppt}`,
        color: [palette.solar, palette.solarSecond, palette.solarThird][i],
      },
      {
        expr: q.value('mppsolar_pv_amperes', `mppt=\"${mppt}\"`),
        legend: `current ${mppt}`,
        color: [palette.solar, palette.solarSecond, palette.solarThird][i],
        dashed: true,
        axis: { unit: 'amp', min: 0 },
      },
    ]),
  ),
  lines(
    {
      title: 'Heat sink',
      description:
        'Temperature of the heat sink. Empty for models of 1 to 3 kVA: they send a raw count, which is on the right-hand panel.',
      unit: 'celsius',
      size: [6, 7],
      noValue: 'This model sends no temperature (see the raw count), or nothing was read',
    },
    { expr: q.value('mppsolar_heat_sink_celsius'), legend: 'heat sink', color: palette.worse },
  ),
  lines(
    {
      title: 'Heat sink, raw count',
      description:
        'The sensor count that models of 1 to 3 kVA send; it falls as the heat sink warms up. Empty for all others.',
      unit: 'short',
      size: [6, 7],
      noValue: 'This model sends degrees: see the panel "Heat sink"',
    },
    { expr: q.value('mppsolar_heat_sink_ntc_counts'), legend: 'count', color: palette.worse },
  ),
  lines(
    {
      title: 'Load and internal bus',
      description:
        'Load as a part of the rated output, and the voltage of the internal direct-current bus.',
      unit: 'percentunit',
      size: [6, 7],
      min: 0,
    },
    { expr: q.value('mppsolar_output_load_ratio'), legend: 'load', color: palette.house, fill: 15 },
    {
      expr: q.value('mppsolar_bus_volts'),
      legend: 'bus',
      color: palette.faint,
      axis: { unit: 'volt', min: 0 },
    },
  ),
  lines(
    {
      title: 'Apparent power',
      description:
        'Volts times amperes of the output, which motors and cheap lamps take more of than watts, against the rating.',
      unit: 'voltamp',
      size: [6, 7],
      min: 0,
    },
    {
      expr: q.value('mppsolar_output_voltamperes'),
      legend: 'apparent power',
      color: palette.house,
      fill: 15,
    },
    {
      expr: q.value('mppsolar_rating_output_voltamperes'),
      legend: 'rated',
      color: palette.bad,
      dashed: true,
    },
  ),
];

/** Settings as people say them; others are shown as the inverter's manual calls them. */
const said: Record<string, string> = {
  'utility first': 'grid first',
  'solar first': 'sun first',
  sbu: 'sun, battery, grid',
  'solar and utility': 'sun and grid',
  'only solar': 'only sun',
};

const setUp = (title: string, what: string, metric: string, label: string) => {
  const panel = stat(
    {
      title,
      description: `${what} As it is set in the inverter; the exporter never changes a setting.`,
      unit: 'none',
      size: [6, 3],
      names: true,
      color: palette.plain,
      noValue: 'Not read yet: settings come with the second scrape',
    },
    { expr: q.chosen(metric, label), legend: `{{${label}}}` },
  ).withTransformation(inWords);
  for (const [name, words] of Object.entries(said)) {
    panel.overrideByName(name, [{ id: 'displayName', value: words }]);
  }
  return panel;
};

const settingsRow = [
  setUp(
    'The house is fed by',
    'What feeds the house first.',
    'mppsolar_setting_output_source_priority',
    'priority',
  ),
  setUp(
    'The battery is charged by',
    'What charges the battery first.',
    'mppsolar_setting_charger_source_priority',
    'priority',
  ),
  setUp(
    'Battery type',
    'Which battery the inverter is set to.',
    'mppsolar_setting_battery_type',
    'type',
  ),
  setUp(
    'Grid voltage range',
    'Which range of grid voltage is accepted.',
    'mppsolar_setting_input_voltage_range',
    'range',
  ),
  table(
    {
      title: 'Switches',
      description: 'What is switched on and off in the inverter, as QFLAG tells it.',
      unit: 'none',
      size: [8, 9],
      noValue: 'Not read yet: settings come with the second scrape',
      columns: [
        { from: 'setting', title: 'Switch' },
        {
          from: 'Value',
          title: 'Is',
          words: { 0: ['off', palette.faint], 1: ['on', palette.fine] },
        },
      ],
    },
    { expr: q.per('setting', q.of('mppsolar_setting_enabled')) },
  ),
  table(
    {
      title: 'Which inverter this is',
      description: 'Serial number, firmware and model as the inverter tells them.',
      unit: 'none',
      size: [16, 9],
      noValue: 'Not read yet: the identity comes with the second scrape',
      columns: [
        { from: 'inverter', title: 'Inverter' },
        { from: 'instance', title: 'Exporter' },
        { from: 'serial_number', title: 'Serial number' },
        { from: 'firmware', title: 'Firmware' },
        { from: 'scc_firmware', title: 'Charger firmware' },
        { from: 'model', title: 'Model' },
        { from: 'protocol', title: 'Protocol' },
      ],
    },
    { expr: q.of('mppsolar_inverter_info') },
  ),
];

export function overview() {
  const board = dashboard({
    uid: 'mppsolar-overview',
    title: 'Solar / Overview',
    description: 'Is my house all right? One inverter, its battery and its energy.',
    inverters: 'one',
    from: 'now-24h',
  });
  for (const panel of [...state, ...flow]) board.withPanel(panel);
  const rows: [string, Parameters<typeof board.withPanel>[0][]][] = [
    ['Battery', batteryRow],
    ['Sun and house', powerRow],
    ['Energy', energyRow],
    ['Compared', compareRow],
    ['Voltages and temperatures', detailRow],
    ['How it is set', settingsRow],
  ];
  for (const [title, panels] of rows) {
    board.withRow(row(title));
    for (const panel of panels) board.withPanel(panel);
  }
  return board;
}
