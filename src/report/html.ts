/** Markup that is safe to put into a page: only `html` makes it. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text with the characters that mean something in HTML escaped, for content and quoted attributes. */
export const escapeText = (text: string) => text.replace(/[&<>"']/g, character => ENTITIES[character]);

function markupOf(part: Part): string {
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

/** A template whose values are escaped, unless they are markup already. @example html`<b>${'<'}</b>`.markup // => '<b>&lt;</b>' */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: strings.map((literal, i) => literal + (i < parts.length ? markupOf(parts[i]) : '')).join(''),
});

/** Markup written by us, not from data. */
export const trusted = (markup: string): Html => ({ markup });

/** No markup. */
export const nothing = trusted('');

/** JSON inside a script element that is not run: no `<` can end the element. */
export const jsonBlock = (value: unknown): Html => trusted(JSON.stringify(value).replace(/</g, '\\u003c'));

/** Code inside a script element: neither `</script` nor `<!--` may stand in it. */
export const scriptText = (code: string) => code.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
