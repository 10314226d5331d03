import type { ChartConfiguration } from 'chart.js';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { type Chart, formats, revive } from './charts/chart.ts';
import { LIGHT } from './charts/palette.ts';

/** Twice the size it is shown at, so that it stays sharp on a dense screen. */
const SCALE = 2;
const WIDTH_PX = 900;

/** Draws a chart as PNG on white, with its title. */
export function renderPng(chart: Chart): Buffer {
  const config = revive(chart.config, LIGHT, formats) as ChartConfiguration;
  const canvas = new ChartJSNodeCanvas({
    width: WIDTH_PX,
    height: chart.heightPx + 40,
    backgroundColour: LIGHT.paper!,
  });
  const options = config.options!;
  options.devicePixelRatio = SCALE;
  // Only the asynchronous renderer needs cairo; the synchronous one works with the prebuilt canvas.
  return canvas.renderToBufferSync({
    ...config,
    options: {
      ...options,
      responsive: false,
      layout: { padding: { left: 12, right: 20, top: 8, bottom: 8 } },
      plugins: {
        ...options.plugins,
        title: { display: true, text: chart.title, color: LIGHT.ink!, font: { size: 15, weight: 'bold' } },
      },
    },
  } as ChartConfiguration);
}
