// All inverters at once: who is in trouble, who does what, who yields most, what they give together.
import { dashboard, folded, row } from './dashboard';
import * as palette from './palette';
import { lines, modeWords, ranking, stat, table, timeline } from './panels';
import * as q from './queries';

const troubleWords: Record<number, [string, string]> = {
  0: ['fine', palette.fine],
  1: ['warning', palette.worse],
  2: ['fault', palette.bad],
  3: ['no answer', palette.bad],
};

const count = (title: string, what: string, expr: string, color: string, wrong = true) =>
  stat(
    {
      title,
      description: what,
      unit: 'none',
      size: [4, 4],
      steps: wrong
        ? [
            [null, palette.fine],
            [1, color],
          ]
        : [[null, color]],
    },
    { expr, legend: title },
  );

const together = [
  count(
    'Inverters',
    'How many inverters the exporters know.',
    `count(count by (${q.identity}) (${q.of('mppsolar_up')}))`,
    palette.plain,
    false,
  ),
  count(
    'Do not answer',
    'Inverters that did not answer everything at the last scrape.',
    `sum(${q.of('mppsolar_up')} < bool 1)`,
    palette.bad,
  ),
  count(
    'With a fault',
    'Inverters that report at least one fault.',
    `sum(${q.per(q.identity, q.of('mppsolar_fault_active'))})`,
    palette.bad,
  ),
  count(
    'With a warning',
    'Inverters that report at least one warning, those of every night and power cut (no sun, no grid) left out.',
    `sum(${q.per(q.identity, q.of('mppsolar_warning_active', `warning!~"${q.harmless}"`))})`,
    palette.worse,
  ),
  count(
    'Without grid',
    'Inverters whose grid frequency is 0.',
    `sum(${q.of('mppsolar_grid_hertz')} == bool 0)`,
    palette.worse,
  ),
  count(
    'Exporters down',
    'Exporters that Prometheus cannot scrape: their inverters are missing from this dashboard.',
    `sum(${q.exporter('up')} < bool 1)`,
    palette.bad,
  ),
];

const power = (title: string, what: string, expr: string, color: string) =>
  stat(
    { title, description: what, unit: 'watt', size: [6, 4], color, spark: true },
    { expr, legend: title },
  );
const powers = [
  power('Sun', 'Power of the panels of all inverters shown.', `sum(${q.pvWatts()})`, palette.solar),
  power('Houses', 'Power that all inverters shown give.', `sum(${q.loadWatts()})`, palette.house),
  power(
    'Into batteries',
    'Charging power of all batteries.',
    `sum(${q.chargeWatts()})`,
    palette.batteryIn,
  ),
  power(
    'Out of batteries',
    'Discharging power of all batteries.',
    `sum(${q.dischargeWatts()})`,
    palette.batteryOut,
  ),
];

const all = table(
  {
    title: 'All inverters, trouble first',
    description:
      'One line per inverter; what needs a person is on top. Fine: it answers, without a fault and without a warning other than no sun and no grid. ' +
      'Choose a name to see its overview.',
    unit: 'none',
    size: [24, 12],
    noValue: 'No inverter: let Prometheus scrape an exporter (see grafana/README.md)',
    sort: ['State', true],
    columns: [
      { from: 'Value #A', title: 'State', words: troubleWords, width: 110 },
      {
        from: 'inverter',
        title: 'Inverter',
        link: {
          title: 'Overview',
          url: '/d/mppsolar-overview?${datasource:queryparam}&var-inverter=${__value.raw}&var-instance=${__data.fields.Exporter}&${__url_time_range}',
        },
      },
      { from: 'instance', title: 'Exporter' },
      { from: 'Value #B', title: 'Mode', words: modeWords, width: 120 },
      {
        from: 'Value #C',
        title: 'Read',
        unit: 's',
        decimals: 0,
        steps: [
          [null, palette.fine],
          [120, palette.look],
          [300, palette.worse],
          [900, palette.bad],
        ],
      },
      {
        from: 'Value #D',
        title: 'Faults',
        steps: [
          [null, palette.faint],
          [1, palette.bad],
        ],
        width: 80,
      },
      {
        from: 'Value #E',
        title: 'Warnings',
        steps: [
          [null, palette.faint],
          [1, palette.worse],
        ],
        width: 100,
      },
      { from: 'Value #F', title: 'Sun', unit: 'watt' },
      { from: 'Value #G', title: 'House', unit: 'watt' },
      {
        from: 'Value #H',
        title: 'Load',
        unit: 'percentunit',
        decimals: 0,
        steps: [
          [null, palette.plain],
          [0.8, palette.look],
          [1, palette.bad],
        ],
      },
      { from: 'Value #I', title: 'Battery', unit: 'volt', decimals: 1 },
      { from: 'Value #J', title: 'Charge', unit: 'percentunit', decimals: 0 },
      { from: 'Value #K', title: 'Sun, 24 h', unit: 'kwatth', decimals: 1 },
    ],
  },
  { expr: q.trouble() },
  { expr: q.modeOrSilence(q.identity) },
  { expr: `time() - ${q.per(q.identity, q.of('mppsolar_last_success_timestamp_seconds'))}` },
  { expr: `sum by (${q.identity}) (${q.of('mppsolar_fault_active')})` },
  { expr: `sum by (${q.identity}) (${q.of('mppsolar_warning_active')})` },
  { expr: q.pvWatts(q.identity) },
  { expr: q.loadWatts(q.identity) },
  { expr: q.per(q.identity, q.of('mppsolar_output_load_ratio')) },
  { expr: q.per(q.identity, q.of('mppsolar_battery_volts')) },
  { expr: q.per(q.identity, q.of('mppsolar_battery_state_of_charge_ratio')) },
  { expr: q.energy('pv', '1d', q.identity) },
);

const what = table(
  {
    title: 'Faults and warnings now',
    description:
      'Every fault and warning that is active, one line each, those of every night and power cut left out. Empty while there is none.',
    unit: 'none',
    size: [8, 11],
    noValue: 'None: no inverter that answers reports a fault or a warning',
    columns: [
      { from: 'inverter', title: 'Inverter' },
      { from: 'fault', title: 'Fault' },
      { from: 'warning', title: 'Warning' },
    ],
  },
  { expr: `${q.per(`${q.identity}, fault`, q.of('mppsolar_fault_active'))} == 1` },
  {
    expr: `${q.per(`${q.identity}, warning`, q.of('mppsolar_warning_active', `warning!~"${q.harmless}"`))} == 1`,
  },
);

const map = timeline(
  {
    title: 'Modes over time',
    description:
      'What each inverter did, one lane each. While an exporter cannot be scraped, the last mode may be drawn on: see the Exporter dashboard.',
    unit: 'none',
    size: [16, 11],
    words: modeWords,
  },
  { expr: q.modeOrSilence('inverter'), legend: '{{inverter}}' },
);

const yields = (title: string, what: string, k: 'topk' | 'bottomk', color: string) =>
  ranking(
    {
      title,
      description: `${what} PV energy in the time that is shown, counted by the exporter.`,
      unit: 'kwatth',
      decimals: 1,
      min: 0,
      size: [6, 8],
      color,
    },
    {
      expr: `sort${k === 'topk' ? '_desc' : ''}(${k}(5, ${q.energy('pv', '$__range')}))`,
      legend: '{{inverter}}',
    },
  );

const yieldRow = [
  yields('Best yield', 'The five inverters with the most', 'topk', palette.solar),
  yields('Worst yield', 'The five inverters with the least', 'bottomk', palette.solarSecond),
  lines(
    {
      title: 'Everything together',
      description:
        'Sun, houses and batteries of all inverters shown. The battery is above zero while it is charged.',
      unit: 'watt',
      size: [12, 8],
    },
    { expr: `sum(${q.pvWatts()})`, legend: 'sun', color: palette.solar, fill: 15 },
    { expr: `sum(${q.loadWatts()})`, legend: 'houses', color: palette.house },
    {
      expr: `sum(${q.chargeWatts()}) - sum(${q.dischargeWatts()})`,
      legend: 'batteries',
      color: palette.batteryIn,
    },
  ),
];

const onlyParallel = 'Only parallel systems have units: nothing to do if yours is none';
const parallelRow = [
  timeline(
    {
      title: 'Modes of the units of parallel systems',
      description: 'What each unit of a parallel system did. Empty without a parallel system.',
      unit: 'none',
      size: [12, 8],
      words: modeWords,
      noValue: onlyParallel,
    },
    {
      expr: q.modeNumber('inverter, unit', 'mppsolar_unit_mode'),
      legend: '{{inverter}} unit {{unit}}',
    },
  ),
  lines(
    {
      title: 'Load of the units of parallel systems',
      description:
        'Active power of each unit and of all units of a parallel system. Empty without a parallel system.',
      unit: 'watt',
      size: [12, 8],
      min: 0,
      noValue: onlyParallel,
    },
    {
      expr: q.per('inverter, unit', q.of('mppsolar_unit_output_watts')),
      legend: '{{inverter}} unit {{unit}}',
    },
    { expr: q.value('mppsolar_parallel_total_output_watts'), legend: '{{inverter}} all' },
  ),
];

export function fleet() {
  const board = dashboard({
    uid: 'mppsolar-fleet',
    title: 'Solar / Fleet',
    description: 'All inverters: who is in trouble, who does what, and what they give together.',
    inverters: 'many',
    from: 'now-24h',
  });
  for (const panel of [...together, ...powers, all, map, what]) board.withPanel(panel);
  board.withRow(row('Yield'));
  for (const panel of yieldRow) board.withPanel(panel);
  board.withRow(folded('Parallel systems', parallelRow));
  return board;
}
