import { summary } from '@actions/core'

/** Adds Markdown to the job summary. This is a separate module so that only the sweep loads it. */
export async function writeSummary(markdown: string): Promise<void> {
  await summary.addRaw(markdown, true).write()
}
