// The anchor of a heading, in the form in which GitHub makes it, so that links to headings hold in
// both formats.

import { plainText } from './inline.ts';

export function headingAnchor(text: string): string {
  return (
    plainText(text)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s+/g, '-') || 'section'
  );
}
