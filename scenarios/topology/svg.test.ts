import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTopology } from './build.ts';
import { edgesOf, topologySvg } from './svg.ts';

const topology = buildTopology({ services: 50, seed: 1, fanOutMean: 3, fanOutDistribution: 'power-law' });

test('the drawing holds every service and every call edge once', () => {
  const svg = topologySvg(topology);
  for (const service of topology.services) assert.equal(svg.split(`>${service.name}<`).length, 2);
  assert.equal(svg.match(/<path /g)?.length, edgesOf(topology).length);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
});

test('the same topology gives the same drawing', () => {
  assert.equal(topologySvg(topology), topologySvg(structuredClone(topology)));
});

test('the shares of the call edges add up to one, and no edge is drawn twice', () => {
  const edges = edgesOf(topology);
  assert.ok(Math.abs(edges.reduce((sum, edge) => sum + edge.share, 0) - 1) < 1e-9);
  assert.equal(new Set(edges.map((edge) => `${edge.from}>${edge.to}`)).size, edges.length);
});
