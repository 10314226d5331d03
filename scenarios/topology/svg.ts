import type { Service, Topology } from './topology.ts';

const COLUMN = 230;
const ROW = 46;
const BOX = { width: 132, height: 34 };
const MARGIN = { left: 24, top: 76, bottom: 56 };

const STYLE = `
  svg { color-scheme: light dark; }
  .paper { fill: #ffffff; } .ink { fill: #1d2433; } .soft { fill: #5b6577; }
  .box { fill: #eef2f9; stroke: #8b98b0; } .edge { stroke: #5673b8; fill: none; }
  .hot { fill: #e8590c; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #12161f; } .ink { fill: #e8ecf4; } .soft { fill: #9aa6ba; }
    .box { fill: #1d2636; stroke: #56637c; } .edge { stroke: #86a4ec; } .hot { fill: #ff8a3d; }
  }
  text { font: 12px system-ui, sans-serif; } .small { font-size: 9.5px; } .title { font-size: 16px; font-weight: 600; }`;

/**
 * Draws a mesh as a self-contained SVG, light and dark. A column is a layer; a box is a service with the domains
 * it owns, its bar the share of the inbound requests; a line is as strong as the reads it carries.
 */
export function topologySvg(topology: Topology): string {
  const columns = byLayer(topology.services);
  const width = MARGIN.left * 2 + (columns.length - 1) * COLUMN + BOX.width;
  const height = MARGIN.top + Math.max(...columns.map((column) => column.length)) * ROW + MARGIN.bottom;
  const places = place(columns, height);
  const edges = edgesOf(topology);
  const heaviest = Math.max(...edges.map((edge) => edge.share));
  const inbound = inboundShares(topology);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Mesh of ${topology.services.length} services">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="ink title" x="${MARGIN.left}" y="28">${topology.services.length} services, ${topology.fanOutMean} reads a request (${topology.fanOutDistribution}), seed ${topology.seed}</text>`,
    ...columns.map((_, layer) => heading(layer, columns.length)),
    ...edges.map((edge) => line(places, edge, heaviest)),
    ...topology.services.map((service) => box(places, service, inbound[service.index] as number)),
    `<text class="soft small" x="${MARGIN.left}" y="${height - 20}">Orange bar: share of the inbound requests. Line: share of the reads. Reads go only to the right.</text>`,
    '</svg>',
  ].join('\n');
}

/** A reader and an owner, and the share of all reads that go between them. */
export interface CallEdge {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** Every pair of services that talk, lightest first. */
export function edgesOf(topology: Topology): CallEdge[] {
  const weights = new Map<string, number>();
  let total = 0;
  for (const type of topology.requestTypes) {
    for (const step of type.reads) {
      const pair = `${type.service}>${step.owner}`;
      weights.set(pair, (weights.get(pair) ?? 0) + type.weight);
      total += type.weight;
    }
  }
  return [...weights]
    .map(([pair, weight]) => {
      const [from, to] = pair.split('>').map(Number) as [number, number];
      return { from, to, share: weight / total };
    })
    .sort((a, b) => a.share - b.share);
}

function inboundShares(topology: Topology): number[] {
  const shares = topology.services.map(() => 0);
  const total = topology.requestTypes.reduce((sum, type) => sum + type.weight, 0);
  for (const type of topology.requestTypes) {
    shares[type.service] = (shares[type.service] as number) + type.weight / total;
  }
  return shares;
}

type Place = { readonly x: number; readonly y: number };

function byLayer(services: readonly Service[]): Service[][] {
  const columns: Service[][] = [];
  for (const service of services) {
    columns[service.layer] ??= [];
    columns[service.layer]?.push(service);
  }
  return columns;
}

function place(columns: readonly Service[][], height: number): Map<number, Place> {
  const room = height - MARGIN.top - MARGIN.bottom;
  const places = new Map<number, Place>();
  columns.forEach((column, layer) => {
    const step = room / column.length;
    column.forEach((service, row) => {
      places.set(service.index, {
        x: MARGIN.left + layer * COLUMN,
        y: MARGIN.top + step * (row + 0.5) - BOX.height / 2,
      });
    });
  });
  return places;
}

function heading(layer: number, layers: number): string {
  const name = layer === 0 ? 'edge' : layer === layers - 1 ? `layer ${layer}: data only` : `layer ${layer}`;
  return `<text class="soft" x="${MARGIN.left + layer * COLUMN}" y="56">${name}</text>`;
}

function line(places: ReadonlyMap<number, Place>, edge: CallEdge, heaviest: number): string {
  const from = places.get(edge.from) as Place;
  const to = places.get(edge.to) as Place;
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = (x2 - x1) / 2;
  // The square root keeps the light edges visible beside the heaviest.
  const strength = Math.sqrt(edge.share / heaviest);
  const path = `M${x1} ${y1.toFixed(1)} C${x1 + bend} ${y1.toFixed(1)} ${x2 - bend} ${y2.toFixed(1)} ${x2} ${y2.toFixed(1)}`;
  return `<path class="edge" d="${path}" stroke-width="${(0.5 + 5 * strength).toFixed(2)}" opacity="${(0.18 + 0.6 * strength).toFixed(2)}"/>`;
}

function box(places: ReadonlyMap<number, Place>, service: Service, inboundShare: number): string {
  const { x, y } = places.get(service.index) as Place;
  const percent = `${(inboundShare * 100).toFixed(1)} %`;
  const owns = service.owns.join(', ') || 'owns nothing';
  const bar = Math.max(inboundShare > 0 ? 1 : 0, inboundShare * BOX.width);
  return [
    `<g><title>${service.name}: ${percent} of requests; ${owns}</title>`,
    `<rect class="box" x="${x}" y="${y.toFixed(1)}" width="${BOX.width}" height="${BOX.height}" rx="6"/>`,
    `<rect class="hot" x="${x}" y="${(y + BOX.height - 3).toFixed(1)}" width="${bar.toFixed(1)}" height="3"/>`,
    `<text class="ink" x="${x + 8}" y="${(y + 14).toFixed(1)}">${service.name}</text>`,
    inboundShare > 0
      ? `<text class="soft small" text-anchor="end" x="${x + BOX.width - 8}" y="${(y + 14).toFixed(1)}">${percent}</text>`
      : '',
    `<text class="soft small" x="${x + 8}" y="${(y + 26).toFixed(1)}">${shorten(owns)}</text></g>`,
  ].join('');
}

function shorten(text: string): string {
  return text.length <= 26 ? text : `${text.slice(0, 25)}…`;
}
