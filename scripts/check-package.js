/**
 * Installs the packed tarball in an empty project, as a user does, and uses it from CommonJS, from
 * ESM and from TypeScript in each way in which TypeScript finds a package. Part of
 * `npm run check:package`: packing and installing take too long for a test.
 */
const { execFileSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const manifest = require('../package.json')

const ROOT = join(__dirname, '..')
const NAME = manifest.name
/** What TypeScript asks of a project of the user's, beside the package. */
const TYPES = ['@types/node', '@types/express']

/** The entries that a program imports: all of `exports` that have types. */
const ENTRIES = Object.entries(manifest.exports)
  .filter(([, entry]) => entry.types !== undefined)
  .map(([subpath]) => subpath.replace('.', NAME))

/** TypeScript 7 has forgotten how to look as Node 10 did. API Extractor brings the last one that knew. */
const compilers = {
  new: require.resolve('typescript/package.json'),
  old: require.resolve('typescript/package.json', {
    paths: [require.resolve('@microsoft/api-extractor/package.json')],
  }),
}

/** Each way of TypeScript to find a package. */
const RESOLUTIONS = [
  { name: 'nodenext', compiler: 'new', options: { module: 'nodenext' } },
  { name: 'bundler', compiler: 'new', options: { module: 'esnext', moduleResolution: 'bundler' } },
  {
    name: 'node10',
    compiler: 'old',
    options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  },
]

/** Those of the simulator, which anybody may know. */
const LOGIN = `createLogin({
  apps: { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' },
  jwtSecret: 'for this check only: 9fQx!Lw3@Rz7#Kp5$Vn2%Bt8^Hy6&Jm4',
  database: 'memory:',
  wxApiBaseUrl: simulator.url,
  log: { info() {}, warn() {}, error() {} },
})`

/** A login, as somebody would try it. It must end by itself. */
const PROGRAM = `
const simulator = createSimulator()
await simulator.listen()
const login = await ${LOGIN}
const { token } = await login.logIn({ code: simulator.mintCode() })
const { userId } = await login.authenticate(token)
if (typeof userId !== 'string') throw new Error('nobody was logged in')
await login.close()
await simulator.close()
`

const TYPED = `
import express from 'express'
import { createLogin, LoginError, type Login, type LoginContext } from '${NAME}'
import '${NAME}/express'
import { createSimulator, type Simulator } from '${NAME}/simulator'
import { createTestLogin, type TestLogin } from '${NAME}/testing'

export async function main(): Promise<string> {
  const simulator: Simulator = createSimulator()
  const login: Login = await ${LOGIN}
  const test: TestLogin = await createTestLogin()
  await test.close()
  const app = express()
  app.use('/api', login.router)
  app.get('/', login.required, (req, res) => {
    const who: LoginContext = req.login
    res.json({ of: who.userId, same: login.of(req).openid })
  })
  app.use(login.errorHandler)
  // @ts-expect-error no such error: types that say anything would let it pass
  const wrong = new LoginError('no_such_error')
  // @ts-expect-error no such option
  await createLogin({ apps: {}, jwtSecret: '', secret: '' })
  return simulator.url + wrong.code
}
`

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'miniprogram-login-package-')))
const run = (file, args, cwd = folder) =>
  execFileSync(file, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
const write = (name, text) => writeFileSync(join(folder, name), text)
const say = line => process.stdout.write(`${line}\n`)

function install() {
  run('npm', ['pack', '--silent', '--pack-destination', folder], ROOT)
  const tarball = `${NAME}-${manifest.version}.tgz`
  write('package.json', '{"name":"a-user","version":"1.0.0","private":true}')
  const versions = TYPES.map(name => `${name}@${manifest.devDependencies[name]}`)
  const quietly = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  run('npm', ['install', ...quietly, `./${tarball}`, ...versions])
}

function useFromJavaScript() {
  const requires = ENTRIES.map(entry => `require('${entry}')`).join('\n')
  write(
    'program.cjs',
    `${requires}
     const { createLogin } = require('${NAME}')
     const { createSimulator } = require('${NAME}/simulator')
     ;(async () => {${PROGRAM}})()`,
  )
  const imports = ENTRIES.map(entry => `import '${entry}'`).join('\n')
  write(
    'program.mjs',
    `${imports}
     import { createLogin } from '${NAME}'
     import { createSimulator } from '${NAME}/simulator'
     ${PROGRAM}`,
  )
  for (const name of ['program.cjs', 'program.mjs']) {
    run(process.execPath, [name])
    say(`${name}: runs, and ends by itself`)
  }
}

function useFromTypeScript({ name, compiler, options }) {
  const place = join(folder, name)
  mkdirSync(place)
  writeFileSync(join(place, 'main.ts'), TYPED)
  // nodenext reads the file as ESM where the nearest package.json says so.
  writeFileSync(join(place, 'package.json'), '{"type":"module"}')
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022'], types: ['node'], strict: true, noEmit: true },
    ...{ esModuleInterop: true, exactOptionalPropertyTypes: true, ...options },
  }
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }))
  const found = compilers[compiler]
  const tsc = join(found, '..', require(found).bin.tsc)
  run(process.execPath, [tsc, '-p', place])
  say(`${name}: TypeScript ${require(found).version} finds every type`)
}

try {
  install()
  useFromJavaScript()
  for (const resolution of RESOLUTIONS) useFromTypeScript(resolution)
} catch (error) {
  process.stderr.write(`${error.stdout ?? ''}${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
