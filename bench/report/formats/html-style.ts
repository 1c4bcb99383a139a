// The look of a report's page: the colours of the charts, light and dark; one column on a phone and
// in print, the contents beside the text where there is room.

import { darkInk, FONT, ink } from '../charts/theme.ts';

export const pageStyle = `
:root{--text:${ink.text};--muted:${ink.muted};--line:${ink.line};--page:#fff;--raised:#f6f8fa;--link:#0b5cad;--edge:#1f232833;--good:#116329;--bad:#b3261e;--doubt:#7a4b00}
@media (prefers-color-scheme:dark){:root{--text:${darkInk[ink.text]};--muted:${darkInk[ink.muted]};--line:${darkInk[ink.line]};--page:#0d1117;--raised:#161b22;--link:#79b8ff;--edge:#e6edf340;--good:#6fdd8b;--bad:#ff9a94;--doubt:#e9b872}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 ${FONT}}
main{max-width:64rem;padding:1.5rem 1rem 4rem;margin:0 auto}
nav{padding:1rem 1rem 0;max-width:64rem;margin:0 auto;font-size:.9rem}
nav ol{margin:.4rem 0;padding-left:1.6rem}
.wide{display:none}
nav summary{color:var(--muted)}
a{color:var(--link)}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:1rem;background:var(--page);padding:.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 1rem}
section{margin:2.2rem 0 0;border-top:1px solid var(--line);padding-top:.8rem}
h2{font-size:1.25rem;margin:0;display:inline}
section>details>summary{margin:0 0 .6rem}
section>details>summary::marker{color:var(--muted)}
h3{font-size:1.05rem;margin:1.6rem 0 .5rem}
p,li{max-width:48rem}
code,pre{font:.9em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{background:var(--raised);border-radius:3px;padding:.1em .3em;overflow-wrap:anywhere}
pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto;white-space:pre-wrap}
pre code{background:none;padding:0}
.table,figure{overflow-x:auto;margin:1rem 0}
.table{background:linear-gradient(to right,var(--page) 1rem,transparent) left/3rem 100% no-repeat local,linear-gradient(to left,var(--page) 1rem,transparent) right/3rem 100% no-repeat local,linear-gradient(to right,var(--edge),transparent) left/1rem 100% no-repeat scroll,linear-gradient(to left,var(--edge),transparent) right/1rem 100% no-repeat scroll}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);vertical-align:top;text-align:left}
th:first-child,td:first-child{min-width:min(11rem,40vw)}
th{border-bottom:2px solid var(--line);color:var(--muted);font-weight:600}
.right{text-align:right}
td.right{white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.doubt{color:var(--doubt)}.muted{color:var(--muted)}
details{margin:.8rem 0}
summary{cursor:pointer}
.values{font-size:.9rem;margin-top:-.4rem}
.values>summary{color:var(--muted)}
.values .table{max-height:24rem;overflow:auto}
.term{color:inherit;text-decoration:underline dotted;text-decoration-color:var(--muted);text-underline-offset:.2em}
tr:target td,dt:target,dt:target+dd{background:var(--raised)}
dt{font-weight:600;margin-top:.6rem}
dd{margin:0 0 0 1.2rem;max-width:48rem}
figure{margin-left:0;margin-right:0}
figure svg{max-width:100%;min-width:min(100%,36rem);height:auto;display:block}
.alert p,.alert li{max-width:none}
.alert{border-left:4px solid var(--muted);background:var(--raised);padding:.4rem 1rem;margin:1rem 0;border-radius:0 6px 6px 0}
.alert.warning{border-color:var(--doubt)}.alert.caution{border-color:var(--bad)}
.severity{margin:.3rem 0;text-transform:uppercase;font-size:.75rem;letter-spacing:.06em;color:var(--muted)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:40rem){figure svg{max-width:none;min-width:36rem}}
@media (max-width:40rem){.stacked table,.stacked tbody,.stacked tr,.stacked td{display:block}.stacked thead{position:absolute;left:-100rem}.stacked tr{border-bottom:1px solid var(--line);padding:.6rem 0}.stacked td{border:0;padding:0 0 .15rem;min-width:0}.stacked td:nth-child(-n+2){display:inline;padding-right:.5rem}}
@media (min-width:88rem){.narrow{display:none}.wide{display:block}nav{position:fixed;left:0;top:0;width:15rem;max-height:100vh;overflow:auto}main{margin-left:max(16rem,calc(50vw - 32rem))}}
@media print{nav,nav.wide,.skip{display:none}main{max-width:none;padding:0}details:not([open])>*:not(summary){display:none}section{break-inside:auto}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}}
`
  .trim()
  .replaceAll('\n', '');
