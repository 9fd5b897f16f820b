import { summary } from '@actions/core'

/** Adds Markdown to the page of the run. A module of its own, so that only the sweep, which does this, loads it. */
export async function writeSummary(markdown: string): Promise<void> {
  await summary.addRaw(markdown, true).write()
}
