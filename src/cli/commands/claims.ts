import { type ClaimRow, checkClaims } from '../../verify/index.js';
import { formatTable, print, printJson } from '../table.js';

export async function runClaims({ json }: { readonly json?: true }): Promise<void> {
  const rows = await checkClaims();
  if (json) return printJson(rows);
  print(claimsTable(rows));
  print(`\n${claimsSummary(rows)}`);
}

/** A dagger marks verdicts that rest on a recalled figure. */
export function claimsTable(rows: readonly ClaimRow[]): string {
  const columns = ['', 'claim', 'paper', 'we compute', 'verdict', 'remark'].map(title => ({
    title,
    align: 'left' as const,
  }));
  return formatTable(
    columns,
    rows.map(({ id, claim, paper, computed, verdict, remark, inputs }) => [
      id,
      wrap(claim, 44),
      wrap(paper, 20),
      wrap(computed, 24),
      verdict + MARKS[inputs],
      wrap(remark, 48),
    ]),
  );
}

export function claimsSummary(rows: readonly ClaimRow[]): string {
  const tally = (inputs: ClaimRow['inputs']) => {
    const of = (verdict: ClaimRow['verdict']) =>
      rows.filter(row => row.inputs === inputs && row.verdict === verdict).length;
    return `${of('agrees')} agree, ${of('disagrees')} disagree, ${of('cannot be checked')} cannot be checked`;
  };
  return [
    `On verified figures: ${tally('verified')}.`,
    `\u2021 On figures that others read off a plot: ${tally('digitised')}.`,
    `\u2020 On recalled figures (an illustration, not evidence): ${tally('recalled')}.`,
  ].join('\n');
}

const MARKS = { verified: '', digitised: ' \u2021', recalled: ' \u2020' } as const;

/** Breaks a text at spaces. */
function wrap(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
