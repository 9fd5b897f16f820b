/** Why no test can tell a mutant apart, by `file: original → replacement` as `docs/mutation.md` lists it. */
export const EQUIVALENT: Record<string, string> = {}
