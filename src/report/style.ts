/** The report's style sheet: light, dark, narrow, printed. */

const light = `
  --paper: #ffffff; --wash: #f6f7f9; --ink: #1c2128; --soft: #59636e; --line: #d5dae0; --grid: #e3e7eb;
  --axis: #8c959f; --link: #005b91; --mark: #8a5200; --wrong: #b3261e; --good: #1a6e45;
  --s0: #0072b2; --s1: #d55e00; --s2: #00805e; --s3: #b0558a; --s4: #4d4d4d; --s5: #7a5c00;`;
const dark = `
  --paper: #14171b; --wash: #1c2026; --ink: #e7eaee; --soft: #a6afba; --line: #363d46; --grid: #2a3038;
  --axis: #7d8793; --link: #7cc4f5; --mark: #f0b450; --wrong: #ff9b93; --good: #7fd6a8;
  --s0: #56b4e9; --s1: #f0883e; --s2: #2fc39b; --s3: #e39cc4; --s4: #c9d1d9; --s5: #f0e442;`;
const colors = Array.from(
  { length: 6 },
  (_, i) => `.s${i} { stroke: var(--s${i}); } .f${i} { fill: var(--s${i}); }`,
).join("\n");

export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; padding: .5rem 1rem; background: var(--paper); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; margin: 0; }
h1, h2 { font-family: Charter, "Iowan Old Style", Georgia, "DejaVu Serif", serif; font-weight: 600; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); letter-spacing: -.01em; }
h2 { font-size: 1.5rem; }
h3 { font-size: 1.05rem; }
p { margin: .6rem 0; max-width: 46rem; }
data { white-space: nowrap; }
code { font: .9em ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .8rem 1rem; background: var(--wash); border-radius: 6px; }
.page { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 92rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding: 2.2rem 0 1.2rem; border-top: 6px solid #e69f00; }
header .kind { margin: 0 0 .4rem; color: var(--soft); font-size: .85rem; letter-spacing: .04em; }
header .lead { font-size: 1.1rem; max-width: 64rem; }
nav { font-size: .9rem; }
nav h2 { font: inherit; font-weight: 600; color: var(--soft); margin-bottom: .3rem; }
nav ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; }
nav a { display: inline-block; padding: .2rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
main { min-width: 0; padding-bottom: 4rem; }
section { padding-top: 2.6rem; }
section > h2 { border-bottom: 1px solid var(--line); padding-bottom: .4rem; margin-bottom: .9rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem; margin: 1.4rem 0 0; padding: 0; }
.cards > div { border: 1px solid var(--line); border-radius: 8px; padding: .75rem .9rem; background: var(--wash); }
.cards dt { color: var(--soft); font-size: .85rem; }
.cards dd { margin: 0; font-size: 1.55rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.cards dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--soft); }
.figures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.2rem; }
figure { margin: 0; min-width: 0; border: 1px solid var(--line); border-radius: 8px; padding: 1rem; display: flex; flex-direction: column; }
figure .picture svg { display: block; width: 100%; max-width: 27rem; height: auto; margin: .5rem auto 0; }
.wide .picture { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: .5rem 1rem; }
.wide .picture svg:only-child { max-width: 48rem; }
.pairs .picture { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
section > figure, section > .figures { margin-top: 1.2rem; }
figcaption { font-size: .9rem; color: var(--soft); margin-top: .6rem; max-width: 52rem; }
figcaption strong { color: var(--ink); font-weight: 600; }
details { margin-top: .5rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--link); padding: .15rem 0; width: fit-content; }
.saving { margin: auto 0 0; padding-top: .6rem; display: flex; gap: .5rem; }
.saving[hidden] { display: none; }
button { font: inherit; font-size: .82rem; color: var(--ink); background: var(--paper); border: 1px solid var(--axis);
  border-radius: 5px; padding: .25rem .7rem; min-height: 1.75rem; cursor: pointer; }
button:hover { background: var(--wash); }
.scroll { overflow: auto; max-height: 26rem; margin-top: .5rem; }
.tabular .scroll { max-height: none; }
@media screen {
  .long .scroll { max-height: 40rem; }
  .long thead th { position: sticky; top: 0; background: var(--paper); }
}
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
.tabular table { width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .32rem .9rem .32rem 0; border-bottom: 1px solid var(--grid); }
thead th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--axis); vertical-align: bottom; }
details thead th { position: sticky; top: 0; background: var(--paper); }
tbody th { font-weight: 500; }
.facts { margin: .8rem 0; display: grid; gap: 0; }
.facts > div { display: grid; grid-template-columns: minmax(0, 13rem) minmax(0, 1fr); gap: .2rem 1.2rem; padding: .42rem 0; border-bottom: 1px solid var(--grid); }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.note { border-left: 4px solid var(--mark); padding: .35rem .9rem; background: var(--wash); border-radius: 0 6px 6px 0; }
.soft { color: var(--soft); }
.tag { display: inline-block; white-space: nowrap; font-size: .82rem; font-weight: 600; border: 1px solid currentColor; border-radius: 99px; padding: 0 .55rem; }
.tag.yes { color: var(--good); } .tag.no { color: var(--wrong); } .tag.part { color: var(--mark); } .tag.open { color: var(--soft); }
tr.faded th, tr.faded td { color: var(--soft); font-style: italic; }
footer { border-top: 1px solid var(--line); padding: 1rem 0 2rem; color: var(--soft); font-size: .9rem; }
svg .ink { fill: var(--ink); } svg .soft { fill: var(--soft); }
svg .axis { stroke: var(--axis); } svg .grid { stroke: var(--grid); } svg .faded { fill: var(--axis); }
svg .box { fill: var(--wash); stroke: var(--axis); }
${colors}
@media (min-width: 48rem) {
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .figures > .wide, .figures > .alone { grid-column: 1 / -1; }
  section > figure:not(.wide), .alone { display: grid; column-gap: 2rem;
    grid-template: auto auto auto 1fr / minmax(0, 27rem) minmax(0, 1fr); }
  section > figure:not(.wide) > *, .alone > * { grid-column: 2; }
  section > figure:not(.wide) > h3, .alone > h3 { grid-column: 1 / -1; }
  section > figure:not(.wide) > .picture, .alone > .picture { grid-column: 1; grid-row: 2 / span 3; }
}
@media (min-width: 75rem) {
  .page { grid-template-columns: 13rem minmax(0, 1fr); column-gap: 3rem; }
  header, footer { grid-column: 1 / -1; }
  nav { position: sticky; top: 1rem; align-self: start; padding-top: 2.6rem; max-height: 100vh; overflow-y: auto; }
  nav ol { display: block; }
}
@media (max-width: 30rem) { .facts > div { grid-template-columns: minmax(0, 1fr); } figure { padding: .8rem; } }
@media print {
  @page { size: A4; margin: 14mm 12mm; }
  :root { color-scheme: light; }
  body { font-size: 10pt; }
  .page { display: block; padding: 0; max-width: none; }
  nav, .skip, .saving, .picture + figcaption + details { display: none; }
  header { padding: 1rem 0 0; }
  .cards { grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .5rem; margin-top: .8rem; }
  .cards > div { padding: .4rem .5rem; }
  .cards dt, .cards dd small { font-size: 7pt; }
  .cards dd { font-size: 13pt; }
  figure { padding: .6rem; }
  figcaption { font-size: 8pt; line-height: 1.4; }
  /* blocks and lines, for a page may end at the start of a grid and leave a heading alone */
  figure, section > figure:not(.wide), .alone { display: flow-root; }
  section > figure:not(.wide) > .picture, .alone > .picture { float: left; width: 58%; margin-right: 1rem; }
  .figures { display: block; orphans: 1; widows: 1; }
  .figures > figure { display: inline-block; width: 49.4%; vertical-align: top; margin-bottom: .7rem; }
  .figures > figure:nth-child(odd) { margin-right: 1.2%; }
  .figures > .wide, .figures > .alone { display: flow-root; width: 100%; margin-right: 0; }
  figure, .cards > div, tr, .facts > div { break-inside: avoid; }
  .tabular { break-inside: auto; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; max-height: none; }
  table { font-size: 8pt; }
  th, td { padding-right: .5rem; }
  tbody th:first-child, .many td { overflow-wrap: anywhere; }
  .many table { font-size: 6.5pt; }
  data { white-space: normal; overflow-wrap: normal; }
  .tag { font-size: 7pt; }
  .wide .picture { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .wide .picture svg:only-child { grid-column: 1 / -1; max-width: 34rem; }
  .pairs .picture { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  section > p { break-after: avoid; break-inside: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  section { padding-top: 1.6rem; }
  a { color: inherit; text-decoration: none; }
}
`;
