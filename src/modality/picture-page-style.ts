/** How a page of pictures looks: pictures first, few colours; two columns at 360 px, eight at 1600 px. */
export const PICTURE_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #faf9f7;
  --ink: #1f1e1c;
  --quiet: #6b6862;
  --line: #e4e1db;
  --frame: #efede8;
  --shade: 0 1px 2px rgb(40 34 24 / .12), 0 6px 16px rgb(40 34 24 / .1);
  --tile-light: 90%;
  --tile-deep: 82%;
  --tile-ink: #38352f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161615;
    --ink: #ecebe8;
    --quiet: #a09d96;
    --line: #2e2d2a;
    --frame: #21201e;
    --shade: 0 0 0 1px rgb(255 255 255 / .05), 0 8px 20px rgb(0 0 0 / .45);
    --tile-light: 27%;
    --tile-deep: 20%;
    --tile-ink: #dedbd4;
  }
}
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  max-width: 88rem;
  margin: 0 auto;
  padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem) 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.45 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, .tile { font-family: ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, serif; }
header { margin-bottom: clamp(1.5rem, 3vw, 2.5rem); }
h1 {
  font-size: clamp(1.625rem, 1.2rem + 1.8vw, 2.5rem);
  font-weight: 500;
  line-height: 1.15;
  letter-spacing: -.012em;
  text-wrap: balance;
}
header p { max-width: 62ch; margin-top: .625rem; color: var(--quiet); text-wrap: pretty; }
section + section { margin-top: clamp(2rem, 4vw, 3rem); }
h2 {
  margin-bottom: 1.125rem;
  padding-bottom: .5rem;
  border-bottom: 1px solid var(--line);
  color: var(--quiet);
  font-size: .875rem;
  font-weight: 500;
}
ul {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(8.75rem, 40vw), 1fr));
  gap: clamp(1.375rem, 2.2vw, 2rem) clamp(.875rem, 1.5vw, 1.5rem);
  padding: 0;
  list-style: none;
}
img, .tile {
  display: block;
  width: 100%;
  aspect-ratio: 2 / 3;
  border-radius: .375rem;
  box-shadow: var(--shade);
}
img { object-fit: contain; background: var(--frame); color: transparent; }
.tile {
  display: flex;
  align-items: flex-end;
  overflow: hidden;
  padding: .875rem;
  background: linear-gradient(160deg, hsl(var(--hue) 16% var(--tile-light)), hsl(var(--hue) 18% var(--tile-deep)));
  color: var(--tile-ink);
  font-size: 1.125rem;
  line-height: 1.2;
}
.tile strong, figcaption strong { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; }
.tile strong { font-weight: 500; -webkit-line-clamp: 7; hyphens: auto; }
.tone-0 { --hue: 28; }
.tone-1 { --hue: 80; }
.tone-2 { --hue: 150; }
.tone-3 { --hue: 205; }
.tone-4 { --hue: 250; }
.tone-5 { --hue: 340; }
figcaption { margin-top: .625rem; font-size: .875rem; line-height: 1.35; }
figcaption strong { font-weight: 500; -webkit-line-clamp: 3; }
figcaption span { display: block; color: var(--quiet); font-size: .8125rem; font-variant-numeric: tabular-nums; }
figcaption strong + span { margin-top: .125rem; }
@media (max-width: 59.99rem) { .beside section:first-child ul { grid-template-columns: minmax(0, 12.5rem); } }
@media (min-width: 60rem) {
  .beside { display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: clamp(2rem, 3vw, 3.5rem); }
  .beside section + section { margin-top: 0; }
  .beside section:first-child ul { grid-template-columns: minmax(0, 1fr); }
}
@media print { body { max-width: none; padding: 0; } li { break-inside: avoid; } }
`;
