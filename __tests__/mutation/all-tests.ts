// Loads test files into one process; see environment.mjs.

declare const testFiles: { path: string; open(): void }[]
for (const { path, open } of testFiles) {
  open()
  await import(path)
}
