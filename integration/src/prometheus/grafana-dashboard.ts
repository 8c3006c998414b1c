import { type Panel, type Row, rows } from './grafana-panels.js'

const datasource = { type: 'prometheus', uid: '$datasource' } as const
/** Grafana lays panels out on a grid of 24 columns. */
const columns = 24
const sizes = {
  stat: { w: 4, h: 4 },
  timeseries: { w: 12, h: 8 },
  heatmap: { w: 12, h: 8 },
  'state-timeline': { w: 12, h: 8 },
} as const

/** The dashboard as Grafana imports it (Dashboards, New, Import). */
export function grafanaDashboard(docs: string): object {
  let id = 0
  let y = 0
  const panels = rows.flatMap((row: Row) => {
    id += 1
    const heading = {
      id,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    }
    y += 1
    let x = 0
    let height = 0
    const placed = row.panels.map((panel) => {
      const { w, h } = sizes[panel.kind]
      if (x + w > columns) {
        y += height
        x = 0
        height = 0
      }
      id += 1
      const shown = { id, ...grafanaPanel(panel), gridPos: { x, y, w, h } }
      x += w
      height = Math.max(height, h)
      return shown
    })
    y += height
    return [heading, ...placed]
  })
  return {
    uid: 'tapewire',
    title: 'tapewire',
    description: `Exchange streams: ${docs}`,
    tags: ['tapewire'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [sourceVariable, labelVariable('exchange'), labelVariable('feed')] },
    panels,
  }
}

const sourceVariable = { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }

function labelVariable(label: string): object {
  return {
    name: label,
    label,
    type: 'query',
    datasource,
    query: { query: `label_values(tapewire_errors_total, ${label})`, refId: label },
    refresh: 2,
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
  }
}

function grafanaPanel({ title, kind, unit, queries }: Panel): object {
  const targets = queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource,
    expr,
    legendFormat: legend,
    ...(kind === 'heatmap' ? { format: 'heatmap' } : {}),
  }))
  return { type: kind, title, datasource, fieldConfig: { defaults: { unit }, overrides: [] }, options: {}, targets }
}
