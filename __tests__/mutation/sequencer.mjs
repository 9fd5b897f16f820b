/** Makes jest run files in the order of the command line. */
export default class {
  sort(tests) {
    return tests
  }

  cacheResults() {}
}
