import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { SOURCE } from './panels.js';

/** What all dashboards have around their panels: the choice of server and of run, links to each other, the time. */

/** The coordinator of the run that is chosen. */
export const COORDINATOR = 'instance=~"$coordinator"';
/** Its workers. */
export const WORKER = 'instance=~"$worker"';

export interface Page {
  /** Also the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Builder<Panel>[] }[];
  /** Has one class chosen, and links into the gallery. */
  readonly classes?: boolean;
}

export function frame({ uid, title, description, rows, classes = false }: Page): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['atoll'])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .readonly()
    .link(
      new DashboardLinkBuilder('Atoll')
        .type(DashboardLinkType.Dashboards)
        .tags(['atoll'])
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(choice('run', 'label_values(atoll_run_info, run)').label('Run'))
    .withVariable(hidden('coordinator', 'label_values(atoll_run_info{run="$run"}, instance)'))
    .withVariable(hidden('worker', 'label_values(atoll_worker_info{run="$run"}, instance)'));
  if (classes) {
    dashboard
      .withVariable(choice('class', `label_values(atoll_class_info{${COORDINATOR}}, label)`).label('Class'))
      .withVariable(
        new TextBoxVariableBuilder('gallery')
          .label('Address of the coordinator')
          .defaultValue('http://localhost:7464'),
      );
  }
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  // The builder numbers only what has no number, from 0, which Grafana takes for none.
  for (const [i, panel] of (built.panels ?? []).entries()) panel.id = i + 1;
  return built;
}

function choice(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(SOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
}

/** Follows from what is chosen: all of its values. */
function hidden(name: string, query: string): QueryVariableBuilder {
  return choice(name, query)
    .hide(VariableHide.HideVariable)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: 'All', value: '$__all' });
}
