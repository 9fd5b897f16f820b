import type { ActionFile } from './action-file.ts'
import { ignoringCase } from './variables.ts'

/**
 * The inputs of an action: those in the workflow, and defaults for the others.
 *
 * @param context values of expressions by name, e.g. `job.check_run_id`; other expressions stay as they are
 */
export function evaluateInputs(
  { inputs }: ActionFile,
  given: Record<string, string>,
  context: Record<string, string>,
): Record<string, string> {
  const evaluated = (text: string): string =>
    text.replaceAll(/\$\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => {
      return context[name] ?? (name.startsWith('env.') ? '' : whole)
    })
  const texts = [
    ...Object.entries(inputs).map(([name, input]) => [name, input.default ?? '']),
    ...Object.entries(given),
  ]
  return ignoringCase(texts.map(([name = '', text = '']) => [name, evaluated(text)]))
}
