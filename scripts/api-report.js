/**
 * Prints what the types of each entry of the package say into `docs/api/`: part of `npm run docs`.
 * With `--print` writes them to standard output instead, as JSON, for the test that compares them.
 */
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { basename, join } = require('node:path')
const { Extractor, ExtractorConfig } = require('@microsoft/api-extractor')
const manifest = require('../package.json')

const ROOT = join(__dirname, '..')

/** The types of each entry but package.json itself: `dist/index.d.ts` is `index`. */
function entries() {
  const types = Object.values(manifest.exports).flatMap(entry => entry.types ?? [])
  return types.map(file => ({
    file: join(ROOT, file),
    name: file.replace(/^\.\/dist\/|(\/index)?\.d\.ts$/g, ''),
  }))
}

/** Types that an exported type names and that are not exported themselves are a part of the report. */
const MESSAGES = {
  compilerMessageReporting: { default: { logLevel: 'error' } },
  extractorMessageReporting: {
    default: { logLevel: 'none' },
    'ae-forgotten-export': { logLevel: 'none', addToApiReportFile: true },
  },
  tsdocMessageReporting: { default: { logLevel: 'none' } },
}

function reportOf({ file, name }, folder) {
  const reportFileName = `${name}.api.md`
  const extractorConfig = ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: file,
      compiler: { tsconfigFilePath: join(ROOT, 'tsconfig.json') },
      newlineKind: 'lf',
      apiReport: { enabled: true, reportFileName, reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: MESSAGES,
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, 'package.json'),
  })
  const quiet = message => {
    if (message.logLevel !== 'error') message.handled = true
  }
  const { succeeded } = Extractor.invoke(extractorConfig, {
    localBuild: true,
    messageCallback: quiet,
  })
  if (!succeeded) throw new Error(`no report of ${basename(file)}`)
  return readFileSync(join(folder, reportFileName), 'utf8')
}

function reports() {
  const folder = mkdtempSync(join(tmpdir(), 'miniprogram-login-'))
  try {
    return Object.fromEntries(
      entries().map(entry => [`docs/api/${entry.name}.api.md`, reportOf(entry, folder)]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const texts = reports()
if (process.argv.includes('--print')) process.stdout.write(JSON.stringify(texts))
else for (const [path, text] of Object.entries(texts)) writeFileSync(join(ROOT, path), text)
