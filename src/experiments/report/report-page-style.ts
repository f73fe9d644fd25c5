/** How a report looks: quiet, three accent colours, one scale of type; readable from 360 px on, dark and on paper. */
export const REPORT_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8;
  --ink: #1f1e1c;
  --quiet: #65625c;
  --line: #e3e0da;
  --band: #f2f0ec;
  --accent: #0a7068;
  --second: #b5590d;
  --third: #6d3fb4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161615;
    --ink: #ecebe8;
    --quiet: #a5a29b;
    --line: #33322f;
    --band: #201f1d;
    --accent: #58c4b8;
    --second: #eda25c;
    --third: #bda2f5;
  }
}
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  max-width: 76rem;
  margin: 0 auto;
  padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem) 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 {
  max-width: 44ch;
  margin: .375rem 0 .75rem;
  font: 500 clamp(1.625rem, 1.2rem + 1.8vw, 2.5rem)/1.15 ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, serif;
  letter-spacing: -.012em;
  text-wrap: balance;
}
p { max-width: 68ch; text-wrap: pretty; }
.over, .about, small, footer, .note { color: var(--quiet); font-size: .875rem; }
.answer { font-size: 1.125rem; }
.about { margin-top: .75rem; }
.about + .about { margin-top: .25rem; }
section { margin-top: clamp(2rem, 4vw, 3.25rem); }
h2 {
  margin-bottom: .75rem;
  padding-top: .75rem;
  border-top: 1px solid var(--line);
  font-size: 1.125rem;
  font-weight: 600;
}
h3 { margin: 1rem 0 .375rem; font-size: 1rem; font-weight: 600; }
.note { margin-bottom: .75rem; }
.figures + .note { margin-top: 1.5rem; }
.best, .alike, .ahead { font-weight: 600; }
.best { color: var(--accent); }
.alike { color: var(--second); }
.ahead { color: var(--third); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 1.5rem 2rem; }
.slices { grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
.curves { grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); }
.squares { grid-template-columns: repeat(auto-fill, minmax(min(100%, 8.75rem), 1fr)); gap: 1.25rem 1rem; }
@media (min-width: 40rem) { .squares { grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); } }
figure { container-type: inline-size; min-width: 0; }
figcaption { font-size: .875rem; font-weight: 600; }
figcaption small { font-weight: 400; white-space: nowrap; }
.squares figcaption small { display: block; }
.plot { display: block; max-width: 100%; height: auto; font: 12px ui-sans-serif, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.plot text { white-space: pre; }
.curves .plot, .squares .plot { font-size: 11px; }
.narrow { display: none; }
@container (max-width: 27rem) { .narrow { display: block; } .wide { display: none; } }
.table { overflow-x: auto; margin-top: .5rem; border-block: 1px solid var(--line); }
.table:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; min-width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3125rem .625rem; border-top: 1px solid var(--line); text-align: start; vertical-align: top; white-space: nowrap; }
thead th:first-child { padding-inline-start: 0; }
thead th { border-top: 0; color: var(--quiet); font-weight: 500; vertical-align: bottom; }
tbody th { position: sticky; inset-inline-start: 0; min-width: 6.5rem; max-width: 12rem; padding-inline-start: 0; background: var(--paper); font-weight: 500; white-space: normal; }
.number { text-align: end; }
td small { display: block; font-size: .75rem; line-height: 1.2; }
td.long { min-width: 14rem; white-space: normal; }
td strong { font-weight: 700; }
ul { max-width: 80ch; padding-inline-start: 1.125rem; }
li + li { margin-top: .1875rem; }
summary { width: fit-content; margin-top: .75rem; color: var(--quiet); cursor: pointer; }
details[open] > summary { margin-bottom: .5rem; }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  figure, li, tr { break-inside: avoid; }
  .table { overflow: visible; }
  table { font-size: 7pt; }
  td small { font-size: 6pt; }
  th, td { padding: .125rem .25rem; white-space: normal; }
  tbody th { position: static; }
}
`;
