const manifest = require('../package.json') as { readonly version: string }

/** The version of this package. */
export const VERSION = manifest.version
