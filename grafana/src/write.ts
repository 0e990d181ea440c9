// Writes every dashboard as JSON: node build/write.js [folder]
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { battery } from './battery';
import { exporterHealth } from './exporter';
import { fleet } from './fleet';
import { overview } from './overview';

const folder = process.argv[2] ?? path.join(__dirname, '..', '..', 'dashboards');
mkdirSync(folder, { recursive: true });
for (const dashboard of [overview(), battery(), fleet(), exporterHealth()]) {
  const { panels = [], ...frame } = dashboard.build();
  // Links from outside and screenshots name panels by number: those must not change by themselves.
  let id = 0;
  for (const panel of panels) {
    panel.id = ++id;
    if ('panels' in panel) panel.panels.forEach((inside) => (inside.id = ++id));
  }
  const file = path.join(folder, `${frame.uid}.json`);
  writeFileSync(file, JSON.stringify({ id: null, ...frame, panels }, null, 2) + '\n');
}
