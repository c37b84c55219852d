import { type Html, html } from './html.js';

/** A line of text; what stands between backquotes is code. */
export const inline = (text: string): Html => {
  const parts = text.split(/`([^`]+)`/);
  return html`${parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
};
