import { escapeHtml } from './escape.ts';
import { STYLE } from './style.ts';

/** A whole HTML page around a body: self-contained, no network, readable on a phone and in the dark. */
export function pageOf({ title, body }: { readonly title: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)} · l1bench</title>
<style>${STYLE}</style>
<noscript><style>.chart{display:none}</style></noscript>
</head>
<body>
<noscript><p class="warning">Charts are drawn by JavaScript, which is off here. The tables are whole without it.</p></noscript>
${body}
</body>
</html>
`;
}
