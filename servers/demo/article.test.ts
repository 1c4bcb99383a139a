import { expect, it } from 'vitest';
import { fastWorkload } from '../twin-fixture.ts';
import { admitArticle, planArticle } from './article.ts';
import { createDemoParts } from './demo-parts.ts';

it('ten messages, the first at once and the others one interval apart', () => {
  const plan = planArticle(5, 20);
  expect(plan.tokens).toBe(10);
  expect([...plan.offsetsNs]).toEqual([
    0, 20e6, 40e6, 60e6, 80e6, 100e6, 120e6, 140e6, 160e6, 180e6,
  ]);
  expect(plan.source?.jsonTexts.slice(0, 2)).toEqual(['message number: 0', 'message number: 1']);
});

it('its id is named by the epoch that stands in the cursors', () => {
  expect(planArticle(5, 20).id).toMatch(/^article-[A-Za-z0-9]{4}$/);
  expect(planArticle(5, 20).id).toBe(planArticle(5, 5000).id);
  expect(planArticle(6, 20).id).not.toBe(planArticle(5, 20).id);
});

it('who comes back with a cursor that no stream here gave out is sent away, and who has none gets a stream of his own', () => {
  const parts = createDemoParts([fastWorkload]);
  const asked = { interval: 1000 };
  for (const cursor of ['abcd.3', 'garbage', '7', ''])
    expect(admitArticle(parts, asked, cursor).outcome).toBe('unknown');
  const [one, other] = [
    admitArticle(parts, asked, undefined),
    admitArticle(parts, asked, undefined),
  ];
  expect([one.outcome, other.outcome]).toEqual(['serve', 'serve']);
  expect(one).not.toEqual(other);
});
