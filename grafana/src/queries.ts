// The parts that queries are made of. Every selector has $job and $instance; what an inverter says
// has $inverter as well. Names on a panel never depend on which labels a scrape adds, so values are
// taken by `max by (inverter)`: the same inverter scraped twice is one inverter.

const ofExporter = 'job=~"$job", instance=~"$instance"';
const ofInverter = `${ofExporter}, inverter=~"$inverter"`;

/** What tells inverters of different exporters apart. */
export const identity = 'job, instance, inverter';

/** A selector of what an inverter says. */
export const of = (metric: string, more = '') => `${metric}{${ofInverter}${more && `, ${more}`}}`;

/** A selector of what an exporter or Prometheus says. */
export const exporter = (metric: string, more = '') =>
  `${metric}{${ofExporter}${more && `, ${more}`}}`;

export const per = (labels: string, expression: string) => `max by (${labels}) (${expression})`;
export const value = (metric: string, more = '') => per('inverter', of(metric, more));

/** `when` is "" for now, or "offset 1d". */
export const pvWatts = (by = 'inverter', when = '') =>
  `sum by (${by}) (${per(`${identity}, mppt`, `${of('mppsolar_pv_watts')} ${when}`.trim())})`;
export const loadWatts = (by = 'inverter', when = '') =>
  `sum by (${by}) (${`${of('mppsolar_output_watts')} ${when}`.trim()})`;
export const chargeWatts = (by = 'inverter') =>
  `sum by (${by}) (${of('mppsolar_battery_charge_amperes')} * ${of('mppsolar_battery_volts')})`;
export const dischargeWatts = (by = 'inverter') =>
  `sum by (${by}) (${of('mppsolar_battery_discharge_amperes')} * ${of('mppsolar_battery_volts')})`;

/** Energy of a time such as "$__range" or "1d", in kilowatt-hours. */
export const energy = (kind: string, time: string, by = 'inverter') =>
  `sum by (${by}) (increase(${of(`mppsolar_${kind}_energy_joules_total`)}[${time}])) / 3.6e6`;

/** From a day's first moment, which is where Grafana draws it, to what that day brought. */
export const ofThatDay = 'offset -1d';

/** Energy of the day that begins at each moment, in kilowatt-hours; of today, so far. */
export const energyOfDay = (kind: string) =>
  `sum by (inverter) (increase(${of(`mppsolar_${kind}_energy_joules_total`)}[1d] ${ofThatDay})) / 3.6e6`;

/** Modes in the order of their numbers on a panel, from 1, and how people call them. */
export const modes: [string, string][] = [
  ['power_on', 'Starting'],
  ['standby', 'Standby'],
  ['line', 'Line mode'],
  ['battery', 'Battery mode'],
  ['fault', 'Fault'],
  ['power_saving', 'Power saving'],
  ['shutdown', 'Shut down'],
  ['charge', 'Charging'],
  ['bypass', 'Bypass'],
  ['eco', 'Eco'],
  ['unknown', 'Unknown'],
];

/** A set of modes, of which one is 1, as one number: its place in `modes`. */
export const modeNumber = (by: string, metric = 'mppsolar_mode') =>
  `sum by (${by}) (` +
  modes.map(([mode], i) => `${of(metric, `mode="${mode}"`)} * ${i + 1}`).join(' or ') +
  ')';

/** The same, and 0 while the inverter does not answer: its last mode must not be drawn on. */
export const modeOrSilence = (by: string) =>
  `${modeNumber(by)} or (min by (${by}) (${of('mppsolar_up')}) == 0)`;

/** Warnings that every night and every power cut bring: worth showing, not worth worrying. */
export const harmless = 'pv_loss|line_fail|low_pv_energy';

/** A series for a fault code that is not 0, with the code as label. */
export const faultCode = () => `count_values("code", ${of('mppsolar_fault_code')} > 0)`;

/** 0 fine, 1 a warning, 2 a fault, 3 does not answer; by inverter. Not known: nothing. */
export const trouble = (by = identity) =>
  [
    `((${`min by (${by}) (${of('mppsolar_up')})`} == 0) + 3)`,
    `((${per(by, of('mppsolar_fault_active'))} == 1) + 1)`,
    `((${per(by, of('mppsolar_fault_code'))} > bool 0 == 1) + 1)`,
    `(${per(by, of('mppsolar_warning_active', `warning!~"${harmless}"`))} == 1)`,
    `(${`min by (${by}) (${of('mppsolar_up')})`} * 0)`,
  ].join(' or ');

/** One series per active member of a set, its name as label; "none" if no member is active. */
export const active = (metric: string, label: string) =>
  `(${per(label, of(metric))} == 1) or label_replace(max(${of(metric)}) == 0, "${label}", "none", "", "")`;

/** The member of a set that is 1, by its label. */
export const chosen = (metric: string, label: string) => `${per(label, of(metric))} == 1`;
