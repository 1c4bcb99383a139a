// Lists the real proxies of a run: which configuration each had, and every line of the fixed one
// with what it is for.

import type { Analysis } from '../../analysis/analysis.ts';
import { proxiesOf } from '../../contract/arms/paths.ts';
import { proxies, type ProxyName } from '../../contract/arms/proxies/proxies.ts';
import { changesOf, type ProxyForm } from '../../contract/arms/proxies/proxy.ts';
import { left, section, table, type Block } from '../blocks.ts';
import { capitalised, UNKNOWN } from '../format.ts';
import { code } from '../inline.ts';

/** Empty for a run without any. */
export function renderProxies({ plan, environment }: Analysis): readonly Block[] {
  const used = proxiesOf(plan.arms.map(({ path }) => path));
  return section(
    'The proxies',
    Array.from(used, ([name, forms]) => [
      `${capitalised(environment.tools[name] ?? proxies[name].title)}. ${formSentence(name, forms)}`,
      forms.has('fixed') ? changeTable(name) : '',
    ]),
  );
}

/** Says which of its two configurations took part. */
function formSentence(name: ProxyName, forms: ReadonlySet<ProxyForm>): string {
  const plain = `\`${name}\` is the configuration with which its documentation begins (${proxies[name].source}), with its ports, folders and limits of load adapted`;
  const fixed = `\`${name}-fixed\` has these lines besides, or instead`;
  if (!forms.has('fixed')) return `${plain}.`;
  if (changesOf(proxies[name]).length === 0)
    return `${plain}; \`${name}-fixed\` is the same, because no line is known that either transport lacks.`;
  return forms.has('plain') ? `${plain}; ${fixed}:` : `${plain}, and took no part here; ${fixed}:`;
}

export function changeTable(name: ProxyName): Block {
  return table(
    [left('line'), left('instead of'), left('why')],
    changesOf(proxies[name]).map(({ plain, fixed, why }) => [
      code(fixed.trim()),
      plain === undefined ? UNKNOWN : code(plain.trim()),
      why,
    ]),
  );
}
