import { createHash } from 'node:crypto';
import test from 'ava';
import { claimsChart } from '../../src/chart/index.js';
import { buildReport, type ReportContent } from '../../src/report/index.js';
import { claims } from '../chart/samples.js';

const HOSTILE = `</script><script>x()</script>" onload="x()' <!-- & <b>`;

const content: ReportContent = {
  title: `Title ${HOSTILE}`,
  lede: `Lede ${HOSTILE}`,
  facts: [{ label: `Label ${HOSTILE}`, value: `Value ${HOSTILE}` }],
  sections: [
    {
      title: `Section ${HOSTILE}`,
      blocks: [
        `Paragraph ${HOSTILE}`,
        { kind: 'list', items: [`Item ${HOSTILE}`] },
        { kind: 'note', text: `Note ${HOSTILE}` },
        {
          kind: 'table',
          caption: `Caption ${HOSTILE}`,
          columns: [{ key: 'a', title: `Head ${HOSTILE}` }],
          rows: [{ a: HOSTILE }],
        },
        { kind: 'chart', draw: size => claimsChart({ ...claims, title: HOSTILE }, size), caption: HOSTILE },
      ],
    },
  ],
};

const page = await buildReport(content);

test('buildReport(content) carries everything itself: no address is fetched', t => {
  const outside = page.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '');
  for (const [, address] of outside.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)/g))
    t.regex(address, /^(data:|#)/);
});

test('buildReport(content) allows its one script by hash, and no evaluation', t => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1];
  const [script] = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => code);
  const hash = createHash('sha256').update(script).digest('base64');
  t.true(policy.includes(`script-src &#39;sha256-${hash}&#39;`));
  t.true(policy.startsWith('default-src &#39;none&#39;'));
  t.notRegex(policy, /unsafe-eval|https?:/);
});

test('buildReport(content) keeps hostile text as text', t => {
  t.is(page.match(/<script/g)?.length, 3);
  t.is(page.match(/<\/script>/g)?.length, 3);
  t.notRegex(page, /<b>| onload="/);
});

test('buildReport(content) lists its sections and links to them', t => {
  t.regex(page, /<nav[^>]*><ol>\s*<li><a href="#section-1">Section /);
  t.regex(page, /<section id="section-1">/);
});

test('buildReport(content) has a still picture of each chart for readers without scripts', t => {
  const [, still] = /<noscript><img alt="[^"]*" src="data:image\/svg\+xml;base64,([^"]+)">/.exec(page)!;
  t.regex(Buffer.from(still, 'base64').toString(), /^<svg[\s\S]*Small16L to Base, FLOPs[\s\S]*<\/svg>$/);
});

test('buildReport(content) gives the same page every time', async t => {
  const unnumbered = (text: string) => text.replace(/base64,[^"]+/g, '');
  t.is(unnumbered(await buildReport(content)), unnumbered(page));
});
