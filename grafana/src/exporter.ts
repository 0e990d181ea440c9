// The exporter and its lines: does it answer, how fast, what goes wrong, what it costs.
import { dashboard, row } from './dashboard';
import * as palette from './palette';
import { bars, lines, stat, table, timeline } from './panels';
import * as q from './queries';

const per = (metric: string, by: string, more = '') =>
  `sum by (${by}) (increase(${q.of(metric, more)}[$__rate_interval]))`;
const rate = (selector: string, by: string) =>
  `sum by (${by}) (rate(${selector}[$__rate_interval]))`;

const now = [
  stat(
    {
      title: 'Exporters scraped',
      description: 'How many of the exporters Prometheus can scrape.',
      unit: 'percentunit',
      decimals: 0,
      size: [4, 4],
      steps: [
        [null, palette.bad],
        [1, palette.fine],
      ],
      noValue: 'No data: add the exporter to scrape_configs of Prometheus',
    },
    { expr: `avg(${q.exporter('up')})`, legend: 'scraped' },
  ),
  stat(
    {
      title: 'Inverters that answer',
      description: 'How many of the inverters answered everything at the last scrape.',
      unit: 'percentunit',
      decimals: 0,
      size: [4, 4],
      steps: [
        [null, palette.bad],
        [1, palette.fine],
      ],
    },
    { expr: `avg(${q.of('mppsolar_up')})`, legend: 'answer' },
  ),
  stat(
    {
      title: 'Config',
      description:
        'Whether the config was right when it was last read. If not, the exporter goes on with the one before and its log says what is wrong.',
      unit: 'none',
      size: [4, 4],
      words: { 0: ['Wrong: see the log', palette.bad], 1: ['Right', palette.fine] },
    },
    {
      expr: `min(${q.exporter('mppsolar_exporter_config_last_reload_successful')})`,
      legend: 'config',
    },
  ),
  stat(
    {
      title: 'Config read',
      description: 'How long ago a right config was last read.',
      unit: 'dtdurations',
      decimals: 0,
      size: [4, 4],
      color: palette.plain,
    },
    {
      expr: `time() - max(${q.exporter('mppsolar_exporter_config_last_reload_success_timestamp_seconds')})`,
      legend: 'read',
    },
  ),
  stat(
    {
      title: 'Running for',
      description: 'Since when the exporter that was started last has been running.',
      unit: 'dtdurations',
      decimals: 0,
      size: [4, 4],
      color: palette.plain,
    },
    { expr: `time() - max(${q.exporter('process_start_time_seconds')})`, legend: 'running' },
  ),
  stat(
    {
      title: 'Version',
      description: 'What runs. More than one name: not all exporters are the same.',
      unit: 'none',
      size: [4, 4],
      names: true,
      color: palette.plain,
    },
    {
      expr: q.per('version', q.exporter('mppsolar_exporter_build_info')),
      legend: '{{version}}',
    },
  ),
];

const time = [
  timeline(
    {
      title: 'Answers',
      description:
        'Whether Prometheus could scrape each exporter, and whether each inverter answered every command of each scrape.',
      unit: 'none',
      size: [24, 5],
      words: { 0: ['did not answer', palette.bad], 1: ['answered', palette.fine] },
    },
    { expr: `min by (instance) (${q.exporter('up')})`, legend: '{{instance}}' },
    { expr: `min by (inverter) (${q.of('mppsolar_up')})`, legend: '{{inverter}}' },
  ),
  lines(
    {
      title: 'Duration of scrapes, against their timeout',
      description:
        'How long Prometheus waited for an exporter, and how long an inverter took to read, the ten slowest of each. The red line is the timeout of the scrape, ' +
        'the default of 10 s; where Prometheus runs with --enable-feature=extra-scrape-metrics, "timeout" is the one that is really set.',
      unit: 's',
      size: [10, 9],
      min: 0,
    },
    {
      expr: `topk(10, ${q.per('instance', q.exporter('scrape_duration_seconds'))})`,
      legend: 'scrape of {{instance}}',
    },
    { expr: `topk(10, ${q.value('mppsolar_scrape_duration_seconds')})`, legend: '{{inverter}}' },
    {
      expr: `max(${q.exporter('scrape_timeout_seconds')}) or vector(10)`,
      legend: 'timeout',
      color: palette.bad,
      dashed: true,
    },
  ),
  lines(
    {
      title: 'Duration of commands',
      description:
        'How long each command took when it was last asked, the slowest inverter of those shown, with tries after failures. ' +
        'At 2400 baud QPIGS alone needs about half a second.',
      unit: 's',
      size: [14, 9],
      min: 0,
      legendTable: true,
    },
    {
      expr: q.per('command', q.of('mppsolar_command_duration_seconds')),
      legend: '{{command}}',
    },
  ),
];

const wrong = [
  bars(
    {
      title: 'Requests without a good reply, by reason',
      description:
        'By reason: timeout is silence, bad_frame is a damaged reply or one to something else, nak is a refusal, io a broken link. ' +
        'One in a hundred is normal; many of them mean a bad cable, noise, or a second program on the line.',
      unit: 'short',
      size: [8, 8],
      min: 0,
      upTo: 1,
      stacked: true,
      noValue: 'No request has failed since the exporter started, or it is not scraped',
    },
    ...(
      [
        ['timeout', palette.worse],
        ['bad_frame', palette.grid],
        ['nak', palette.look],
        ['io', palette.bad],
      ] as const
    ).map(([reason, color]) => ({
      expr: per('mppsolar_command_errors_total', 'reason', `reason="${reason}"`),
      legend: reason,
      color,
    })),
  ),
  lines(
    {
      title: 'Tries without a good reply',
      description:
        'Part of all requests that got no good reply, the ten worst inverters. Within a scrape most of them are tried again.',
      unit: 'percentunit',
      size: [8, 8],
      min: 0,
      upTo: 0.01,
      fill: 10,
    },
    {
      expr: `topk(10, (${rate(q.of('mppsolar_command_errors_total'), 'inverter')} or 0 * ${rate(q.of('mppsolar_commands_total'), 'inverter')}) / ${rate(q.of('mppsolar_commands_total'), 'inverter')})`,
      legend: '{{inverter}}',
    },
  ),
  bars(
    {
      title: 'Links opened anew',
      description:
        'How often the link to each inverter was opened, and how often that failed: a loose cable, USB power saving, or another program. Empty while nothing of that happens.',
      unit: 'short',
      size: [8, 8],
      min: 0,
      upTo: 1,
      noValue: 'None: no link was opened anew in this time',
    },
    { expr: `${per('mppsolar_link_opens_total', 'inverter')} > 0`, legend: '{{inverter}} opened' },
    {
      expr: `${per('mppsolar_link_open_errors_total', 'inverter')} > 0`,
      legend: '{{inverter}} failed',
    },
  ),
  table(
    {
      title: 'Commands that were not answered when last asked',
      description:
        'Empty while every command is answered. A command that this inverter does not know is not listed.',
      unit: 'none',
      size: [8, 8],
      noValue: 'None: every command was answered when it was last asked',
      columns: [
        { from: 'inverter', title: 'Inverter' },
        { from: 'command', title: 'Command' },
      ],
    },
    { expr: `${q.per('inverter, command', q.of('mppsolar_command_success'))} == 0` },
  ),
  bars(
    {
      title: 'Columns that could not be read, impossible values',
      description:
        'Columns of good replies that were no number, and readings that no energy counter takes because such a power cannot be. Both give no sample. Empty while there are none.',
      unit: 'short',
      size: [8, 8],
      min: 0,
      upTo: 1,
      noValue: 'None: every column was read in this time',
    },
    {
      expr: `${per('mppsolar_impossible_values_total', 'inverter')} > 0`,
      legend: '{{inverter}} impossible',
    },
    {
      expr: `${per('mppsolar_bad_columns_total', 'inverter')} > 0`,
      legend: '{{inverter}} unreadable',
    },
  ),
  bars(
    {
      title: 'Time missing from energy',
      description:
        'Seconds that energy counters leave out: no reading for longer than energy.max_gap, a link opened anew, or other trackers than before.',
      unit: 's',
      size: [8, 8],
      min: 0,
      upTo: 1,
    },
    { expr: per('mppsolar_energy_gap_seconds_total', 'energy'), legend: '{{energy}}' },
  ),
];

const work = [
  lines(
    {
      title: 'Requests to inverters, and scrapes served from the cache',
      description:
        'Requests per second that each exporter sent, every try counted, and readings that it served again as they were not older than scrape.cache.',
      unit: 'reqps',
      size: [8, 8],
      min: 0,
    },
    { expr: rate(q.of('mppsolar_commands_total'), 'instance'), legend: 'requests of {{instance}}' },
    {
      expr: rate(q.of('mppsolar_cache_hits_total'), 'instance'),
      legend: 'from the cache of {{instance}}',
    },
  ),
  lines(
    {
      title: 'HTTP requests answered',
      description: 'HTTP requests per second, by path and status.',
      unit: 'reqps',
      size: [8, 8],
      min: 0,
      noValue: 'The exporter runs with --web.disable-exporter-metrics, or is not scraped',
    },
    {
      expr: `${rate(q.exporter('mppsolar_exporter_http_requests_total'), 'handler, code')} > 0`,
      legend: '{{handler}} {{code}}',
    },
  ),
  lines(
    {
      title: 'Duration of HTTP requests',
      description:
        'The time within which half and nearly all HTTP requests were answered. A scrape waits for the inverter.',
      unit: 's',
      size: [8, 8],
      min: 0,
      noValue: 'The exporter runs with --web.disable-exporter-metrics, or is not scraped',
    },
    ...[
      ['0.5', 'half', palette.house],
      ['0.99', '99 %', palette.worse],
    ].map(([quantile, legend, color]) => ({
      expr: `histogram_quantile(${quantile}, ${rate(q.exporter('mppsolar_exporter_http_request_duration_seconds_bucket'), 'le')})`,
      legend,
      color,
    })),
  ),
  lines(
    {
      title: 'Memory',
      description: 'Resident memory of each exporter.',
      unit: 'bytes',
      size: [8, 8],
      min: 0,
    },
    {
      expr: q.per('instance', q.exporter('process_resident_memory_bytes')),
      legend: '{{instance}}',
    },
  ),
  lines(
    {
      title: 'CPU',
      description: 'CPU time per second of each exporter, of user and system.',
      unit: 'percentunit',
      size: [8, 8],
      min: 0,
    },
    { expr: rate(q.exporter('process_cpu_seconds_total'), 'instance'), legend: '{{instance}}' },
  ),
  lines(
    {
      title: 'File descriptors',
      description:
        'File descriptors that each exporter has open, as a part of those that it may have.',
      unit: 'percentunit',
      size: [8, 8],
      min: 0,
    },
    {
      expr: `max by (instance) (${q.exporter('process_open_fds')} / ${q.exporter('process_max_fds')})`,
      legend: '{{instance}}',
    },
  ),
];

export function exporterHealth() {
  const board = dashboard({
    uid: 'mppsolar-exporter',
    title: 'Solar / Exporter',
    description:
      'The exporter and the lines to its inverters: answers, durations, errors, resources.',
    inverters: 'many',
    from: 'now-6h',
  });
  for (const panel of [...now, ...time]) board.withPanel(panel);
  board.withRow(row('What goes wrong'));
  for (const panel of wrong) board.withPanel(panel);
  board.withRow(row('What it does, and what it costs'));
  for (const panel of work) board.withPanel(panel);
  return board;
}
