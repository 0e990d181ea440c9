// The frame of every dashboard: its variables, its links to the others, its time.
import { Builder as Cog } from '@grafana/grafana-foundation-sdk/cog';
import * as dash from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource } from './panels';

function variable(name: string, label: string, description: string, query: string) {
  return new dash.QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(datasource)
    .query(query)
    .refresh(dash.VariableRefresh.OnTimeRangeChanged)
    .sort(dash.VariableSort.AlphabeticalAsc);
}

function ofMany(name: string, label: string, description: string, query: string) {
  return variable(name, label, description, query)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

export interface Frame {
  uid: string;
  title: string;
  description: string;
  /** Whether it shows one inverter at a time or all of them. */
  inverters: 'one' | 'many';
  from: string;
}

export function dashboard({ uid, title, description, inverters, from }: Frame) {
  const query = 'label_values(mppsolar_up{job=~"$job", instance=~"$instance"}, inverter)';
  return new dash.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['mppsolar', 'solar'])
    .readonly()
    .timezone('browser')
    .time({ from, to: 'now' })
    .refresh('1m')
    .tooltip(dash.DashboardCursorSync.Crosshair)
    .link(
      new dash.DashboardLinkBuilder('Solar dashboards')
        .type(dash.DashboardLinkType.Dashboards)
        .tags(['mppsolar'])
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(
      new dash.DatasourceVariableBuilder('datasource')
        .label('Data source')
        .description('The Prometheus that scrapes the exporter.')
        .type('prometheus'),
    )
    .withVariable(
      ofMany('job', 'Job', 'scrape_configs: job_name', 'label_values(mppsolar_up, job)'),
    )
    .withVariable(
      ofMany(
        'instance',
        'Instance',
        'The address of an exporter.',
        'label_values(mppsolar_up{job=~"$job"}, instance)',
      ),
    )
    .withVariable(
      inverters === 'many'
        ? ofMany('inverter', 'Inverter', 'Which inverters are shown.', query)
        : variable('inverter', 'Inverter', 'Which inverter is shown.', query),
    );
}

/** A row that is folded: for what few people have. Its panels must fill whole lines. */
export function folded(title: string, panels: Cog<dash.Panel>[]) {
  const builder = row(title).collapsed(true);
  for (const panel of panels) builder.withPanel(panel);
  return builder;
}

export const row = (title: string) => new dash.RowBuilder(title);
