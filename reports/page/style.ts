import { DARK, LIGHT } from '../charts/palette.ts';

const variables = (palette: Readonly<Record<string, string>>) =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** The page's style sheet: the charts' palette as variables, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)};--panel:#f6f8fa}
@media (prefers-color-scheme:dark){:root{${variables(DARK)};--panel:#161b22}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:78rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);
  font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-top:1rem;border-top:1px solid var(--grid)}
h3{font-size:1rem;margin:1.75rem 0 .25rem}
a{color:var(--series3)}
.muted{color:var(--muted);font-size:.9rem}
.answer{font-size:1.08rem;background:var(--panel);border-left:4px solid var(--series3);border-radius:4px;padding:.25rem 1rem;margin:1rem 0}
.warning{background:var(--panel);border-left:4px solid var(--slower);border-radius:4px;padding:.5rem 1rem;margin:1rem 0}
dl{display:grid;grid-template-columns:7rem 1fr;gap:.3rem 1rem;margin:0;font-size:.93rem}
dt{color:var(--muted)}dd{margin:0}
.scroll{overflow-x:auto;border:1px solid var(--grid);border-radius:6px}
table{border-collapse:collapse;width:100%;font-size:.88rem;overflow-wrap:normal}
th,td{padding:.45rem .7rem;text-align:right;vertical-align:top;border-bottom:1px solid var(--grid)}
th:first-child,.text{text-align:left}
thead th{background:var(--panel);white-space:nowrap}
tbody th{font-weight:500;position:sticky;left:0;background:var(--paper);max-width:11rem}
table.compact{font-size:.82rem}table.compact th,table.compact td{padding:.35rem .5rem}
table.compact thead th{white-space:normal;vertical-align:bottom}table.compact tbody th{max-width:13rem;white-space:nowrap}
table.compact tbody th small{white-space:normal}
tr.group th{background:var(--panel);font-weight:600;text-align:left}
tr:last-child>*{border-bottom:0}
td b{white-space:nowrap;font-variant-numeric:tabular-nums}
td small,th small{display:block;color:var(--muted);font-weight:400;white-space:nowrap}
.faster{color:var(--faster)}.slower{color:var(--slower)}.INCONCLUSIVE{color:var(--muted)}
p,li,dl,figcaption{max-width:64rem}
figure{margin:0}
figcaption{color:var(--muted);font-size:.9rem;margin-bottom:.5rem}
.chart{position:relative;width:100%}
.topology svg{display:block;width:100%;min-width:44rem;height:auto}
blockquote{margin:.25rem 0;padding-left:.75rem;border-left:3px solid var(--grid);color:var(--muted)}
code{font-size:.88em;background:var(--panel);padding:.1em .3em;border-radius:3px}
li{margin:.3rem 0}
@media (max-width:600px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}body{padding-top:1rem}
  th,td{padding:.4rem .5rem}tbody th{max-width:8rem}}
`;
