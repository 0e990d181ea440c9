// The kinds of panels: what every panel of a kind has in common is said here once.
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dash from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Timeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import * as palette from './palette';
import { modes } from './queries';

export const datasource = { type: 'prometheus', uid: '${datasource}' };

/** A query, and how its series is called. `color`, `dashed` and `unit` are for series of that name. */
export interface Query {
  expr: string;
  legend?: string;
  color?: string;
  dashed?: boolean;
  dotted?: boolean;
  axis?: { unit: string; max?: number; min?: number; label?: string };
  fill?: number;
  /** A line among bars. */
  line?: boolean;
}

/** What every panel has. The size is in cells of Grafana's grid, 24 to a line. */
export interface About {
  title: string;
  description: string;
  unit: string;
  size: [width: number, height: number];
  noValue?: string;
  decimals?: number;
  min?: number;
  max?: number;
  /** A time of its own: "now/d" is today; with a shift of "1d/d", "1d/d" is yesterday. */
  time?: string;
  shift?: string;
  interval?: string;
}

export interface Colouring {
  color?: string;
  steps?: [from: number | null, color: string][];
  words?: Record<number, [text: string, color: string]>;
}

type Panel = Stat | TimeSeries | BarGauge | Timeline | Table;

const noAnswer = 'No data. Choose an inverter above; if there is none, see the Exporter dashboard.';

function describe<P extends Panel>(panel: P, about: About, queries: Query[], how: QueryKind): P {
  panel
    .title(about.title)
    .description(about.description)
    .unit(about.unit)
    .span(about.size[0])
    .height(about.size[1])
    .noValue(about.noValue ?? noAnswer)
    .datasource(datasource);
  if (about.decimals !== undefined) panel.decimals(about.decimals);
  if (about.min !== undefined) panel.min(about.min);
  if (about.max !== undefined) panel.max(about.max);
  if (about.time) panel.timeFrom(about.time);
  if (about.shift) panel.timeShift(about.shift);
  if (about.interval) panel.interval(about.interval);
  queries.forEach((query, i) => {
    const target = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + i))
      .datasource(datasource)
      .expr(query.expr)
      .legendFormat(query.legend ?? '__auto');
    if (how === 'range') target.range();
    else target.instant();
    if (how === 'table') target.format(PromQueryFormat.Table);
    panel.withTarget(target);
  });
  return panel;
}
type QueryKind = 'range' | 'instant' | 'table';

const fixed = (color: string) =>
  new dash.FieldColorBuilder().mode(dash.FieldColorModeId.Fixed).fixedColor(color);
const fixedValue = (color: string) => ({ mode: 'fixed', fixedColor: color });

function thresholds(steps: [number | null, string][]) {
  return new dash.ThresholdsConfigBuilder()
    .mode(dash.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

function wordMapping(words: Record<number, [string, string]>): dash.ValueMapping {
  const options: Record<string, dash.ValueMappingResult> = {};
  Object.entries(words).forEach(([value, [text, color]], index) => {
    options[value] = { text, color, index };
  });
  return { type: dash.MappingType.ValueToText, options };
}

const notRead: dash.ValueMapping = {
  type: dash.MappingType.SpecialValue,
  options: {
    match: dash.SpecialValueMatch.NullAndNan,
    result: { text: 'not read', color: palette.faint, index: 0 },
  },
};

/**
 * Of a time, Grafana shows the last value that there is, however old. Not a number where nothing was
 * read, to the end of the time, leaves an inverter that does not answer without a value.
 */
const orNotRead = (expr: string) => `max(${expr}) or vector(NaN)`;

function colour(panel: Panel, colouring: Colouring) {
  panel.mappings([notRead, ...(colouring.words ? [wordMapping(colouring.words)] : [])]);
  if (colouring.steps) {
    panel.thresholds(thresholds(colouring.steps));
    panel.colorScheme(new dash.FieldColorBuilder().mode(dash.FieldColorModeId.Thresholds));
  } else {
    panel.colorScheme(fixed(colouring.color ?? palette.plain));
  }
}

const last = () => new common.ReduceDataOptionsBuilder().calcs(['last']).values(false).fields('');

/** Big numbers. `spark` draws the time behind them, `names` shows the series' names as the value. */
export function stat(
  about: About & Colouring & { spark?: boolean; names?: boolean; bothNames?: boolean },
  ...queries: Query[]
): Stat {
  const shown = about.spark ? queries.map((q) => ({ ...q, expr: orNotRead(q.expr) })) : queries;
  const panel = describe(new Stat(), about, shown, about.spark ? 'range' : 'instant')
    .reduceOptions(last())
    .graphMode(about.spark ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .textMode(
      about.names
        ? common.BigValueTextMode.Name
        : about.bothNames
          ? common.BigValueTextMode.ValueAndName
          : common.BigValueTextMode.Value,
    )
    .justifyMode(common.BigValueJustifyMode.Auto)
    .orientation(common.VizOrientation.Auto);
  colour(panel, about);
  for (const { legend, color } of queries) {
    if (legend && color) panel.overrideByName(legend, [{ id: 'color', value: fixedValue(color) }]);
  }
  return panel;
}

/** Names of sets in words: "battery_low" becomes "battery low". */
export const inWords: dash.DataTransformerConfig = {
  id: 'renameByRegex',
  options: { regex: '/_/g', renamePattern: ' ' },
};

function style(panel: TimeSeries, queries: Query[]) {
  for (const { legend, color, dashed, dotted, axis, fill, line } of queries) {
    if (!legend) continue;
    const set: dash.DynamicConfigValue[] = [];
    if (color) set.push({ id: 'color', value: fixedValue(color) });
    if (dashed || dotted) {
      // Two settings with the same value: the dots leave the dashes below them to be seen.
      const dash = dotted ? [3, 11] : [8, 6];
      set.push({ id: 'custom.lineStyle', value: { fill: 'dash', dash } });
      set.push({ id: 'custom.fillOpacity', value: 0 });
    }
    if (line) {
      set.push({ id: 'custom.drawStyle', value: 'line' });
      set.push({ id: 'custom.lineWidth', value: 2 });
    }
    if (fill !== undefined) set.push({ id: 'custom.fillOpacity', value: fill });
    if (axis) {
      set.push({ id: 'unit', value: axis.unit }, { id: 'custom.axisPlacement', value: 'right' });
      if (axis.min !== undefined) set.push({ id: 'min', value: axis.min });
      if (axis.max !== undefined) set.push({ id: 'max', value: axis.max });
      if (axis.label) set.push({ id: 'custom.axisLabel', value: axis.label });
    }
    if (set.length) panel.overrideByName(legend, set);
  }
}

interface Graph {
  label?: string;
  /** The legend as a table on the right, for many series. */
  legendTable?: boolean;
  /** What the axis shows at least, so that "nothing" is not drawn as 0 to 100. */
  upTo?: number;
}

function graph(about: About & Graph, queries: Query[]): TimeSeries {
  const panel = describe(new TimeSeries(), about, queries, 'range')
    .lineWidth(2)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(
          about.legendTable ? common.LegendDisplayMode.Table : common.LegendDisplayMode.List,
        )
        .placement(about.legendTable ? common.LegendPlacement.Right : common.LegendPlacement.Bottom)
        .calcs(about.legendTable ? ['lastNotNull', 'max'] : []),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (about.label) panel.axisLabel(about.label);
  if (about.upTo) panel.axisSoftMax(about.upTo);
  return panel;
}

/** Lines over time. */
export function lines(about: About & Graph & { fill?: number }, ...queries: Query[]) {
  const panel = graph(about, queries).fillOpacity(about.fill ?? 0);
  style(panel, queries);
  return panel;
}

/** Bars over time, one per `interval`. */
export function bars(about: About & Graph & { stacked?: boolean }, ...queries: Query[]) {
  const panel = graph(about, queries)
    .drawStyle(common.GraphDrawStyle.Bars)
    .lineWidth(1)
    .fillOpacity(70);
  if (about.stacked) {
    panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  }
  style(panel, queries);
  return panel;
}

/** Bars that lie, for comparing a few things now. */
export function ranking(about: About & Colouring, ...queries: Query[]): BarGauge {
  const panel = describe(new BarGauge(), about, queries, 'instant')
    .reduceOptions(last())
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .showUnfilled(true);
  colour(panel, about);
  return panel;
}

/** What was when, in coloured lanes. */
export function timeline(about: About & Required<Pick<Colouring, 'words'>>, ...queries: Query[]) {
  const panel = describe(new Timeline(), about, queries, 'range')
    .showValue(common.VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .perPage(12)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([]),
    );
  panel.mappings([wordMapping(about.words)]);
  panel.thresholds(thresholds([[null, palette.plain]]));
  panel.colorScheme(new dash.FieldColorBuilder().mode(dash.FieldColorModeId.Thresholds));
  return panel;
}

export interface Column {
  /** As it comes: a label, or "Value #A" of the first query. */
  from: string;
  title: string;
  unit?: string;
  decimals?: number;
  words?: Colouring['words'];
  steps?: Colouring['steps'];
  width?: number;
  link?: { title: string; url: string };
}

/** One line per thing: queries are joined by their labels, columns are shown in this order. */
export function table(
  about: About & { columns: Column[]; sort?: [column: string, descending: boolean] },
  ...queries: Query[]
): Table {
  const panel = describe(new Table(), about, queries, 'table').cellHeight(
    common.TableCellHeight.Sm,
  );
  if (queries.length > 1) panel.withTransformation({ id: 'merge', options: {} });
  panel.withTransformation({
    id: 'filterFieldsByName',
    options: { include: { names: about.columns.map((c) => c.from) } },
  });
  panel.withTransformation({
    id: 'organize',
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(about.columns.map((c, i) => [c.from, i])),
      renameByName: Object.fromEntries(about.columns.map((c) => [c.from, c.title])),
    },
  });
  if (about.sort) {
    panel.withTransformation({
      id: 'sortBy',
      options: { fields: {}, sort: [{ field: about.sort[0], desc: about.sort[1] }] },
    });
  }
  for (const column of about.columns) {
    // The text for an empty table would stand in every empty cell.
    const set: dash.DynamicConfigValue[] = [{ id: 'noValue', value: '–' }];
    // A label such as the firmware 00014.02 is no number, though it looks like one.
    const unit = column.unit ?? (column.from.startsWith('Value') ? undefined : 'string');
    if (unit) set.push({ id: 'unit', value: unit });
    if (column.decimals !== undefined) set.push({ id: 'decimals', value: column.decimals });
    if (column.width) set.push({ id: 'custom.width', value: column.width });
    if (column.words) set.push({ id: 'mappings', value: [wordMapping(column.words)] });
    if (column.steps) {
      const steps = column.steps.map(([value, color]) => ({ value, color }));
      set.push({ id: 'thresholds', value: { mode: 'absolute', steps } });
    }
    if (column.steps || column.words) {
      set.push({ id: 'custom.cellOptions', value: { type: 'color-text' } });
    }
    if (column.link) set.push({ id: 'links', value: [column.link] });
    panel.overrideByName(column.title, set);
  }
  panel.thresholds(thresholds([[null, palette.plain]]));
  return panel;
}

const modeColors: Record<string, string> = {
  line: palette.grid,
  battery: palette.batteryIn,
  fault: palette.bad,
  shutdown: palette.bad,
  bypass: palette.worse,
  eco: palette.grid,
  charge: palette.batteryOut,
};
export const modeWords: Record<number, [string, string]> = {
  0: ['No answer', palette.bad],
  ...Object.fromEntries(
    modes.map(([mode, words], i) => [i + 1, [words, modeColors[mode] ?? palette.faint]]),
  ),
};
