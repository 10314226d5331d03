import type { Palette } from './chart.ts';

/**
 * Okabe and Ito's hues (2008), dark enough to be read as text, told apart by every kind of colour vision; scenarios also differ in marker and
 * dash. The dark set is the same hues, lighter.
 */
export const LIGHT: Palette = {
  ink: '#1b1f24',
  muted: '#57606a',
  grid: '#d8dee4',
  paper: '#ffffff',
  series0: '#5f6b76',
  series1: '#b84c00',
  series2: '#b0569a',
  series3: '#0072b2',
  series4: '#00805f',
  series5: '#9a7200',
  series6: '#2a8fc4',
  series7: '#6a51a3',
  faster: '#0072b2',
  slower: '#b84c00',
  inconclusive: '#8a939c',
};

export const DARK: Palette = {
  ink: '#e6edf3',
  muted: '#9aa7b4',
  grid: '#30363d',
  paper: '#0d1117',
  series0: '#aab4be',
  series1: '#ff8c42',
  series2: '#dd94c8',
  series3: '#58b0f0',
  series4: '#33c39a',
  series5: '#e6c229',
  series6: '#8fd3ff',
  series7: '#b39ddb',
  faster: '#58b0f0',
  slower: '#ff8c42',
  inconclusive: '#8b949e',
};

const MARKERS = ['circle', 'triangle', 'rect', 'star', 'rectRot', 'crossRot', 'cross', 'dash'];
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** How the nth scenario of a run is drawn in every chart. */
export function styleOf(index: number) {
  const colour = `$series${index % 8}`;
  return {
    borderColor: colour,
    backgroundColor: colour,
    pointStyle: MARKERS[index % MARKERS.length]!,
    borderDash: DASHES[index % DASHES.length]!,
  };
}
