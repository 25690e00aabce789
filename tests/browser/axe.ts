// What axe-core finds wrong with a page, in both of its colour schemes.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails the test where axe has anything to say about the page as it is now. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // Standing still: colours are judged as they are, and not on their way.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The pages have no frames, which is what the other mode opens a page of its own for.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // Schemes differ in colours alone.
    if (colorScheme === 'dark') axe.withRules(['color-contrast']);
    const { violations } = await axe.analyze();
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
    );
    expect.soft(found, `${state}, ${colorScheme}`).toEqual([]);
  }
}
