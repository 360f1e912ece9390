/**
 * Every example of the documents that a reader would paste or type in. `holds` is a text that stands
 * in this block and in no other of the file. `by` is the test that runs it as it stands; `why` is the
 * reason for which none does. `every`: the test runs every block of the file, and `holds` is empty.
 */
export type FencedExample = {
  readonly file: string
  readonly holds: string
  readonly every?: true
} & ({ readonly by: string } | { readonly why: string })

const READMES = ['README.md', 'README.en.md']

const ofReadmes = READMES.flatMap((file): FencedExample[] => [
  { file, holds: 'npm ci && npm start', why: '.ci/run does it, from a clean checkout' },
  { file, holds: 'npm ci && npm test', why: '.ci/run does it, from a clean checkout' },
  { file, holds: '/refresh', by: 'test/docs/readme.test.ts' },
  { file, holds: '/simulator/phone-number', by: 'test/docs/readme.test.ts' },
  { file, holds: '// utils/login.js', by: 'test/client/root-readme.test.ts' },
  { file, holds: '// utils/request.js', by: 'test/client/root-readme.test.ts' },
  { file, holds: 'async onSteps()', by: 'test/client/root-readme.test.ts' },
  { file, holds: 'createLogin', by: 'test/docs/readme.test.ts' },
])

const BENCH = 'a bench, to be looked at: minutes of a whole machine'

export const FENCED_EXAMPLES: readonly FencedExample[] = [
  ...ofReadmes,
  {
    file: 'docs/wrong-configurations.md',
    ...{ every: true, holds: '', by: 'test/docs/wrong-configurations.test.ts' },
  },
  {
    file: 'docs/deploy.md',
    holds: 'npm ci && npm run build && npm prune --omit=dev\n',
    why: 'test/deploy/install.test.ts does it; it names no document',
  },
  {
    file: 'docs/deploy.md',
    holds: 'esbuild app.js',
    why: 'test/store/sqlite/missing-part.test.ts bundles',
  },
  {
    file: 'docs/deploy.md',
    holds: 'docker build',
    why: 'there is no engine here: test/deploy/dockerfile.test.ts follows the file',
  },
  {
    file: 'docs/deploy.md',
    holds: '# secrets in .env',
    why: 'test/deploy/pm2.test.ts starts it by a real PM2',
  },
  {
    file: 'docs/deploy.md',
    holds: 'install -d /opt',
    why: 'it writes outside of the project; systemd-analyze reads the unit in a test',
  },
  {
    file: 'docs/metrics.md',
    holds: 'onlyForPrometheus',
    why: 'a guard of the host’s own: test/flows/metrics tests call login.metrics()',
  },
  {
    file: 'examples/monitoring/README.md',
    holds: 'promtool check rules',
    why: 'a test runs promtool over the same rules, where Prometheus is installed',
  },
  {
    file: 'docs/openapi.md',
    holds: 'openapi.json',
    why: 'one curl; test/flows/openapi.test.ts reads the document',
  },
  {
    file: 'docs/other-languages.md',
    holds: '/internal/introspect -u',
    why: 'test/examples/other-languages/introspection.test.ts asks the same',
  },
  {
    file: 'docs/other-languages.md',
    holds: 'openssl genpkey',
    why: 'test/support/private-keys.ts makes such a key',
  },
  {
    file: 'examples/testing/README.md',
    holds: 'npm i -D jest supertest',
    why: 'test/testing.test.ts runs the example with the jest of this repository',
  },
  {
    file: 'client/README.md',
    holds: "createClient({ baseUrl: 'https://api.example.com' })",
    by: 'test/client/readme.test.ts',
  },
  {
    file: 'client/README.md',
    holds: 'createAlova',
    why: 'fragments for other libraries: test/client/platforms.test.ts gives the client what Taro and uni-app give',
  },
  {
    file: 'docs/cloud-hosting.md',
    holds: 'cloudRunEnv',
    why: 'needs a container of WeChat’s: test/flows/cloud-hosting.test.ts sets the same options',
  },
  { file: 'docs/cloud-hosting.md', holds: 'callContainer', why: 'runs in WeChat alone' },
  {
    file: 'docs/forward-auth.md',
    holds: 'sudo cp',
    why: 'changes the machine: test/examples/nginx.test.ts runs these files in an nginx of its own',
  },
  { file: 'docs/library.md', holds: "app.get('/feed'", by: 'test/docs/library.test.ts' },
  { file: 'docs/library.md', holds: "app.get('/orders/:id'", by: 'test/docs/library.test.ts' },
  { file: 'docs/library.md', holds: 'beforeLogin', by: 'test/docs/library.test.ts' },
  {
    file: 'docs/library.md',
    holds: 'npm install',
    why: 'scripts/check-package.js installs the packed tarball in an empty project',
  },
  { file: 'docs/migration.md', holds: '/isAuth', by: 'test/docs/migration.test.ts' },
  { file: 'docs/migration.md', holds: '/wx/onlogin', by: 'test/docs/migration.test.ts' },
  { file: 'docs/migration.md', holds: '/checklogin', by: 'test/docs/migration.test.ts' },
  { file: 'docs/migration.md', holds: 'afterLogin', by: 'test/docs/migration.test.ts' },
  {
    file: 'docs/miniprogram.md',
    holds: 'wx: uni',
    why: 'is built by uni-app: test/client/platforms.test.ts calls the client as it does',
  },
  {
    file: 'docs/miniprogram.md',
    holds: 'wx: Taro',
    why: 'is built by Taro: test/client/platforms.test.ts calls the client as it does',
  },
  {
    file: 'docs/mutants.md',
    holds: 'npm run mutants',
    why: 'takes minutes: test/mutants/mutants.test.ts holds its list right',
  },
  { file: 'docs/operations.md', holds: 'npm run bench:setups', why: BENCH },
  { file: 'docs/runbook.md', holds: 'metrics()', by: 'test/docs/runbook.test.ts' },
  { file: 'docs/performance.md', holds: 'npm run bench', why: BENCH },
  {
    file: 'docs/simulator.md',
    holds: 'npm run simulator',
    why: 'the command of package.json; test/simulator starts the program',
  },
  {
    file: 'docs/simulator.md',
    holds: '--port 4000 &',
    why: 'needs port 4000 to be free, which no test may ask of a machine',
  },
  { file: 'docs/simulator.md', holds: 'SIM=http', by: 'test/simulator/docs.test.ts' },
  { file: 'docs/simulator.md', holds: 'mintCode', by: 'test/simulator/docs.test.ts' },
  {
    file: 'docs/simulator.md',
    holds: 'html502',
    why: 'one line on port 4000; test/simulator asks for this fault on a port of its own',
  },
  {
    file: 'docs/supply-chain.md',
    holds: 'npm run sbom',
    why: 'writes a file into the checkout: .ci/run does it',
  },
  { file: 'docs/users.md', holds: 'requiredFor', by: 'test/docs/documents.test.ts' },
  { file: 'docs/wechat.md', holds: 'access-token?appid', by: 'test/docs/readme.test.ts' },
  {
    file: 'examples/envelope/README.md',
    holds: 'login_by_weixin',
    why: 'the code is a phone’s: test/examples/envelope.test.ts sends the same requests',
  },
]
