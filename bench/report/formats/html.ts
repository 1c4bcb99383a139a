// Blocks as HTML: the inside of a page. Texts may come from servers that are not trusted, so that
// everything is escaped, and links lead only to files beside the page, to its own headings, or to
// the web.

import { headingAnchor } from '../heading-anchor.ts';
import { plainText } from '../inline.ts';
import type { Term } from '../page/terms.ts';
import { TermLinks } from './term-links.ts';
import type { Alert, Block, Cell, Figure, Heading, Table } from '../blocks.ts';

export interface HtmlOptions {
  /** The SVG of a figure, by its file; one that is missing is linked as an image. */
  readonly svgOf: (file: string) => string | undefined;
  /** Words of its tables that lead to what they mean; none when absent. */
  readonly terms?: readonly Term[];
}

/** HTML has no deeper headings. */
const DEEPEST = 6;
const SECTION_END = '</details></section>';

/** A heading that the contents of a page lead to. */
export interface Anchor {
  readonly id: string;
  readonly level: number;
  readonly text: string;
}

/** Renders blocks; what is below a heading of level 2 is a section of the page. */
export class HtmlRenderer {
  readonly #options: HtmlOptions;
  readonly #ids = new Set<string>();
  readonly #links: TermLinks;
  #figures = 0;
  readonly anchors: Anchor[] = [];

  constructor(options: HtmlOptions) {
    this.#options = options;
    this.#links = new TermLinks(options.terms ?? []);
  }

  /** Words that were linked and are explained in no table of the blocks. */
  get usedWords(): readonly Term[] {
    return this.#links.usedWords;
  }

  /** What follows a heading of level 2 is a section, which folds. */
  render(blocks: readonly Block[]): string {
    const parts: string[] = [];
    let isOpen = false;
    for (const block of blocks) {
      const isSection = block.kind === 'heading' && block.level === 2;
      if (isOpen && block.kind === 'heading' && block.level <= 2) {
        parts.push(SECTION_END);
        isOpen = false;
      }
      parts.push(isSection ? this.#section(block) : this.#renderBlock(block));
      isOpen ||= isSection;
    }
    if (isOpen) parts.push(SECTION_END);
    return parts.join('\n');
  }

  #section(heading: Heading): string {
    return `<section><details open><summary>${this.#heading(heading)}</summary>`;
  }

  #renderBlock(block: Block): string {
    const render = this.#renderers[block.kind] as (block: Block) => string;
    return render(block);
  }

  readonly #renderers: {
    readonly [Kind in Block['kind']]: (block: Extract<Block, { kind: Kind }>) => string;
  } = {
    heading: (block) => this.#heading(block),
    paragraph: ({ text }) => `<p>${renderInline(text)}</p>`,
    list: ({ items }) =>
      `<ul>${items.map((item) => `<li>${renderInline(item)}</li>`).join('')}</ul>`,
    table: (block) => this.#table(block),
    figure: (block) => this.#figure(block),
    details: ({ summary, blocks }) =>
      `<details><summary>${escapeHtml(summary)}</summary>\n${this.render(blocks)}\n</details>`,
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`,
    alert: (block) => this.#alert(block),
  };

  #heading({ level, text }: Heading): string {
    const plain = plainText(text);
    const id = this.#anchorOf(headingAnchor(plain));
    this.anchors.push({ id, level, text: plain });
    const tag = `h${Math.min(level, DEEPEST)}`;
    return `<${tag} id="${id}">${renderInline(text)}</${tag}>`;
  }

  #figure({ file, alt, values }: Figure): string {
    const svg = this.#options.svgOf(file);
    // The chart says itself what it shows, to eyes and to screen readers.
    this.#figures++;
    const chart =
      svg === undefined
        ? `<figure><img src="${escapeHtml(encodeURI(file))}" alt="${escapeHtml(alt)}"></figure>`
        : `<figure tabindex="0">${embed(svg, `f${this.#figures}-`)}</figure>`;
    if (values === undefined || values.rows.length === 0) return chart;
    return `${chart}\n<details class="values"><summary>The values of this chart</summary>\n${this.#table(values)}\n</details>`;
  }

  #table({ columns, rows, anchors, isStacked }: Table): string {
    const head = columns
      .map(({ title, align }) => `<th scope="col" class="${align}">${this.#linked(title)}</th>`)
      .join('');
    const body = rows
      .map((row, index) => {
        const anchor = anchors?.[index];
        const cells = row.map((cell, column) =>
          this.#cell(cell, columns[column]?.align ?? 'left', anchor !== undefined),
        );
        return `<tr${anchor === undefined ? '' : ` id="${escapeHtml(this.#anchorOf(anchor))}"`}>${cells.join('')}</tr>`;
      })
      .join('\n');
    // Wide tables scroll within the page, by keyboard too.
    return `<div class="table${isStacked === true ? ' stacked' : ''}" tabindex="0"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table></div>`;
  }

  /** The first row of an anchor has it: parts of a suite may define the same. */
  #anchorOf(anchor: string): string {
    let id = anchor;
    for (let count = 1; this.#ids.has(id); count++) id = `${anchor}-${count}`;
    this.#ids.add(id);
    return id;
  }

  /** A definition does not lead to itself. */
  #cell(cell: string | Cell, align: 'left' | 'right', isDefinition: boolean): string {
    const { text, isStrong = false, tone } = typeof cell === 'string' ? { text: cell } : cell;
    const inner = isDefinition ? renderInline(text) : this.#linked(text);
    const classes = [align, ...(tone === undefined ? [] : [tone])].join(' ');
    return `<td class="${classes}">${isStrong ? `<strong>${inner}</strong>` : inner}</td>`;
  }

  #linked(text: string): string {
    return this.#links.link(text, renderInline);
  }

  #alert({ severity, blocks }: Alert): string {
    return `<div class="alert ${severity}" role="note"><p class="severity">${severity}</p>${this.render(blocks)}</div>`;
  }
}

/**
 * Charts number what they refer to within themselves; in one page the numbers must differ. Each is
 * one image with one description, so its marks have no roles of their own.
 */
function embed(svg: string, prefix: string): string {
  return svg
    .replaceAll(/ (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")/g, '')
    .replaceAll(/\bid="([^"]+)"/g, `id="${prefix}$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${prefix}$1)`)
    .replaceAll(/href="#([^"]+)"/g, `href="#${prefix}$1"`);
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Marks of inline text, each at the place where the one before it ended. */
const MARK =
  /(?<fence>``?)(?<code>.+?)\k<fence>(?!`)|\*\*(?<strong>.+?)\*\*|\[(?<label>[^\]]*)\]\((?<target>[^)]*)\)|\\(?<plain>[\\*[\]])/gs;

export function renderInline(text: string): string {
  let html = '';
  let at = 0;
  for (const match of text.matchAll(MARK)) {
    html += escapeHtml(text.slice(at, match.index)) + renderMark(match.groups ?? {});
    at = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(at));
}

function renderMark({ code, strong, label, target, plain }: Record<string, string>): string {
  if (code !== undefined) return `<code>${escapeHtml(code.trim())}</code>`;
  if (strong !== undefined) return `<strong>${renderInline(strong)}</strong>`;
  if (plain !== undefined) return escapeHtml(plain);
  const inner = renderInline(label ?? '');
  return target !== undefined && isHarmless(target)
    ? `<a href="${escapeHtml(target)}">${inner}</a>`
    : inner;
}

/** A heading of the page, a file beside it, or an address of the web; nothing that runs. */
function isHarmless(target: string): boolean {
  return /^(#|https?:\/\/|[\w./-]+(#|$))/.test(target) && !target.startsWith('//');
}
