import { NIGHT_INKS, PAPER_INKS } from '../look/inks.js';

/** The look of reports: the gallery's ground, letters and accent, in its two themes; on paper the light one. */

const GROUNDS = { paper: '#f7f7f5', night: '#101214' } as const;

function variables(inks: Readonly<Record<string, string>>, page: string): string {
  return [`--page:${page}`, ...Object.entries(inks).map(([name, colour]) => `--${name}:${colour}`)].join(';');
}

export const STYLE = `:root{color-scheme:light dark;${variables(PAPER_INKS, GROUNDS.paper)};
--font:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace}
@media screen and (prefers-color-scheme:dark){:root{${variables(NIGHT_INKS, GROUNDS.night)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:400 1rem/1.5 var(--font);font-variant-numeric:tabular-nums}
main{max-width:72rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
.kicker{margin:0;color:var(--accent);font-size:.8125rem;letter-spacing:.06em;text-transform:uppercase}
h1{margin:.25rem 0 .5rem;font-size:1.9rem;line-height:1.2;font-weight:650;letter-spacing:-.01em}
h2{margin:2.75rem 0 .75rem;font-size:1.25rem;line-height:1.3;font-weight:600}
h3{margin:1.5rem 0 .5rem;font-size:1rem;font-weight:600}
p{max-width:46rem;margin:.5rem 0}
.lede{font-size:1.125rem;color:var(--quiet)}
.quiet,figcaption{color:var(--quiet);font-size:.9rem}
figure{margin:1rem 0}
figure>svg,figure>img{max-width:100%;height:auto;display:block;background:var(--ground);border:1px solid var(--line);border-radius:8px}
figcaption{max-width:46rem;margin-top:.5rem}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(10rem,45%),1fr));gap:.75rem;margin:1rem 0}
dl>div{background:var(--ground);border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem}
dt{color:var(--quiet);font-size:.8125rem}
dd{margin:0;font-size:1.2rem;font-weight:600;overflow-wrap:anywhere}
.scroll{overflow-x:auto;max-height:36rem;overflow-y:auto;border:1px solid var(--line);border-radius:8px;background:var(--ground)}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{padding:.35rem .7rem;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
th{position:sticky;top:0;background:var(--ground);color:var(--quiet);font-weight:500}
td.number,th.number{text-align:right}
pre{background:var(--ground);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;overflow-x:auto;font:.8125rem/1.5 var(--mono)}
code{font-family:var(--mono);font-size:.9em;overflow-wrap:anywhere}
a{color:var(--accent)}
summary{cursor:pointer;color:var(--accent)}
footer{margin-top:3rem;color:var(--quiet);font-size:.8125rem}
@media print{main{max-width:none;padding:0}.scroll{max-height:none;overflow:visible}h2,h3,figure{break-after:avoid;break-inside:avoid}}`;
