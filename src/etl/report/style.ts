/** How a report looks: system fonts, light and dark, on paper and on a telephone. Colours have a contrast of at least 4.5 to 1. */
export const style = `
:root{color-scheme:light dark;--page:#f7f7f5;--card:#fff;--ink:#1c2430;--quiet:#5a6472;--line:#e3e5e8;--accent:#2f5f8f;--soft:#dbe6f1;--done:#1e7048;--failed:#b3261e;--warned:#855700;--skipped:#5a6472;--failed-soft:#fbeceb;--warned-soft:#fbf3e2;--done-soft:#e6f2eb}
@media screen and (prefers-color-scheme:dark){:root{--page:#14171c;--card:#1c2027;--ink:#e5e8ed;--quiet:#a2abb8;--line:#303742;--accent:#86b4e3;--soft:#2a3b4e;--done:#6fc79a;--failed:#ff948b;--warned:#e8bb62;--skipped:#a2abb8;--failed-soft:#3a2224;--warned-soft:#362d1c;--done-soft:#1d3228}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
header,main,footer{max-width:1200px;margin:0 auto;padding:0 24px}
header{padding-top:40px}
h1{font-size:30px;line-height:1.2;margin:2px 0 6px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:17px;margin:0 0 14px}
h2 small{font-weight:400;color:var(--quiet);font-size:14px;margin-left:6px}
h3{font-size:15px;margin:0;display:inline;overflow-wrap:anywhere}
p{margin:0 0 8px}
.over{color:var(--quiet);font-size:13px;margin:0}
.lead{font-size:16px;color:var(--quiet);margin-bottom:14px;max-width:70ch}
.outcome{margin:14px 0 20px}
.status{display:inline-block;font-weight:600;border-radius:999px;padding:3px 12px;margin-right:8px;background:var(--done-soft);color:var(--done)}
.failed .outcome .status,.interrupted .outcome .status,.killed .outcome .status{background:var(--failed-soft);color:var(--failed)}
.skipped .outcome .status,.running .outcome .status{background:var(--soft);color:var(--accent)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin:0 0 18px}
.facts{display:flex;flex-wrap:wrap;gap:14px 44px;margin:0 0 26px}
.facts.small{display:grid;gap:14px 22px;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));margin:0}
dt{color:var(--quiet);font-size:12.5px}
dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.small dd{font-weight:400}
.quiet,small{color:var(--quiet)}
small{display:block;font-size:12.5px;font-weight:400}
h2 small{display:inline}
.scroll{overflow-x:auto;margin:0 -6px;padding:0 6px;background:linear-gradient(90deg,var(--card) 50%,transparent) 0 0/40px 100% no-repeat local,linear-gradient(270deg,var(--card) 50%,transparent) 100% 0/40px 100% no-repeat local,linear-gradient(90deg,var(--line),transparent) 0 0/14px 100% no-repeat scroll,linear-gradient(270deg,var(--line),transparent) 100% 0/14px 100% no-repeat scroll}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:7px 14px 7px 0;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:12.5px;font-weight:500;color:var(--quiet);white-space:nowrap;padding-top:0}
tbody th{font-weight:600}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap}
td:first-child{white-space:nowrap}
.sign{display:inline-block;width:1.2em;font-weight:700}
.sign.done{color:var(--done)}.sign.failed{color:var(--failed)}.sign.warned{color:var(--warned)}.sign.skipped,.sign.idle{color:var(--skipped)}
tr>td:first-child{font-size:13.5px;color:var(--skipped)}
tr.done>td:first-child{color:var(--done)}tr.failed>td:first-child{color:var(--failed);font-weight:600}tr.warned>td:first-child{color:var(--warned);font-weight:600}
.checks td:last-child{min-width:150px}
.columns tr>:nth-child(5){padding-left:12px}
.steps tbody th{overflow-wrap:anywhere;min-width:130px}
.time{width:30%;min-width:120px}
.bar{display:block;width:100%;height:10px;margin-top:7px;background:var(--page);border-radius:3px}
.bar rect{fill:var(--accent)}.bar.run rect{fill:var(--quiet);fill-opacity:.5}.bar.failed rect{fill:var(--failed)}.bar.warned rect{fill:var(--warned)}
.problems{list-style:none;margin:0;padding:0}
.problems li{border-left:4px solid var(--failed);background:var(--failed-soft);border-radius:0 8px 8px 0;padding:10px 14px;margin:0 0 10px}
.problems li.warned{border-color:var(--warned);background:var(--warned-soft)}
.problems p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.problems .message{font-weight:600}.problems code{font-size:.93em}
.problems strong{color:var(--failed)}.problems .warned strong{color:var(--warned)}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
summary{cursor:pointer}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
td details summary{font-size:13px;color:var(--accent)}
td details code{display:block;background:var(--page);border-radius:6px;padding:6px 9px;margin-top:4px}
details.table+details.table{margin-top:18px;padding-top:16px;border-top:1px solid var(--line)}
details.table>summary{margin-bottom:8px}
.picture{padding-bottom:4px}
.graph{display:block;margin:0 auto;height:auto}
.graph text{font-size:13px;fill:var(--ink)}
.graph .name{font-weight:600}
.graph .note{font-size:11px;fill:var(--quiet)}
.graph .mark{font-size:13px;font-weight:700;fill:var(--done)}
.graph rect{fill:var(--card);stroke:var(--line);stroke-width:1.5}
.graph .source rect{fill:var(--page)}
.graph .output rect{fill:var(--soft);stroke:var(--soft)}
.graph .failed rect{fill:var(--failed-soft);stroke:var(--failed);stroke-width:2}
.graph .failed .mark{fill:var(--failed)}
.graph .warned rect{fill:var(--warned-soft);stroke:var(--warned)}
.graph .warned .mark{fill:var(--warned)}
.graph .skipped rect,.graph .idle rect{fill:none;stroke:var(--skipped);stroke-opacity:.75;stroke-dasharray:4 4}
.graph .skipped text,.graph .idle text{fill:var(--quiet)}
.edges path{fill:none;stroke:var(--quiet);stroke-opacity:.7;stroke-width:1.5}
.edges .broken{stroke-dasharray:4 4}
.legend{font-size:12.5px;margin:12px 0 0}
.legend .sign{width:auto;margin-left:10px}.legend .sign:first-child{margin-left:0}
.columns td:nth-child(2),.columns td[colspan]{color:var(--quiet)}
.columns tr>:nth-child(4){text-align:right;white-space:nowrap}
.columns td:nth-child(3){white-space:nowrap}
.columns{table-layout:fixed;min-width:600px}.columns th,.columns td{overflow-wrap:anywhere}.columns thead :nth-child(1){width:19%}.columns thead :nth-child(2){width:12%}.columns thead :nth-child(3){width:13%}.columns thead :nth-child(4){width:9%}.columns thead :nth-child(6){width:25%}
.columns i{font-style:normal;color:var(--quiet)}
.share{width:60px;height:6px;margin-right:8px;vertical-align:middle;background:var(--soft)}
.share path{fill:var(--warned)}
.histogram{display:block;width:119px;height:29px;margin-top:2px;border-bottom:1px solid var(--quiet)}
.histogram path{fill:var(--accent)}
.topbar{display:block;width:100%;max-width:220px;height:8px;margin:7px 0 5px}
.top{list-style:none;display:flex;flex-wrap:wrap;gap:0 12px;margin:0;padding:0;font-size:12.5px}
.top li{overflow-wrap:anywhere}
.top li::before{content:"";display:inline-block;width:8px;height:8px;border-radius:2px;margin-right:5px;background:var(--accent)}
.s1,.top .s1::before{opacity:.72}.s2,.top .s2::before{opacity:.52}.s3,.top .s3::before{opacity:.36}.s4,.top .s4::before{opacity:.24}.s5,.top .s5::before{opacity:.14}.top li{opacity:1}
.topbar path{fill:var(--accent)}
.share,.top li::before,.status,.bar{print-color-adjust:exact}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:20px;margin-bottom:12px}
figure{margin:0}
figcaption{margin-bottom:6px}
.history{display:block;width:100%;height:auto}
.history rect{fill:var(--accent);fill-opacity:.62}.history .this rect{fill-opacity:1}
.history .failed rect{fill:var(--failed)}
.history line{stroke:var(--line)}
.history g .hit.hit{fill:transparent}
.history text{font-size:9px;text-anchor:middle;fill:var(--failed)}.history .here{fill:var(--accent)}
.history g .lacks.lacks{fill:none;stroke:var(--warned);stroke-width:1.2;stroke-dasharray:3 2}.history .gap text{fill:var(--warned);font-weight:700}
.missing{margin-bottom:14px}tr.gap>*{color:var(--warned)}
footer{color:var(--quiet);font-size:13px;padding-bottom:40px}
@media (max-width:640px){header,main,footer{padding-left:12px;padding-right:12px}header{padding-top:22px}section{padding:16px 14px}h1{font-size:25px}.wide{display:none}th,td{padding-right:10px}.facts{display:grid;grid-template-columns:repeat(2,1fr);gap:14px 22px}.facts.small{grid-template-columns:1fr}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#ccc}body{font-size:12px}section{break-inside:avoid-page;border:0;padding:0;margin-bottom:24px}.scroll{overflow:visible}.graph{min-width:0!important}#columns,#steps,#checks{break-inside:auto}tr{break-inside:avoid}}
`;
