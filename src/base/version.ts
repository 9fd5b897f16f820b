/** The version of this action, as in package.json (a test compares them); part of the `User-Agent`. */
export const VERSION = '1.0.0'
