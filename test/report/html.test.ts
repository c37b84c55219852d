import test from 'ava';
import { escapeText, html, jsonBlock, scriptText } from '../../src/report/html.js';
import { inline } from '../../src/report/inline.js';

test('html escapes what is put into it, and keeps markup that it made', t => {
  const bold = html`<b>${'a < b & "c"'}</b>`;
  t.is(
    html`<p title="${"it's"}">${bold}${3}</p>`.markup,
    '<p title="it&#39;s"><b>a &lt; b &amp; &quot;c&quot;</b>3</p>',
  );
});

test('html joins lists without commas', t => {
  t.is(html`<ul>${['a', 'b'].map(item => html`<li>${item}</li>`)}</ul>`.markup, '<ul><li>a</li><li>b</li></ul>');
});

test('escapeText(text) cannot be talked out of a quoted attribute', t => {
  t.notRegex(escapeText(`" onmouseover='x'><script>`), /["'<>]/);
});

test('jsonBlock(value) holds no <, and reads back the same', t => {
  const value = { name: '</script><!--' };
  const { markup } = jsonBlock(value);
  t.false(markup.includes('<'));
  t.deepEqual(JSON.parse(markup), value);
});

test('scriptText(code) neither ends its element nor opens a comment, and means the same', t => {
  const code = 'const a = "</script><!-- </SCRIPT>";';
  const safe = scriptText(code);
  t.notRegex(safe, /<\/script|<!--/i);
  t.is(new Function(`${safe} return a`)(), '</script><!-- </SCRIPT>');
});

test('inline(text) sets backquoted parts as code, escaped', t => {
  t.is(inline('a `b<c>` d').markup, 'a <code>b&lt;c&gt;</code> d');
});
