import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { type ExpressVersion, type RunningExample, runExample } from './run-example'
import { JWT_SECRET } from './secrets'
import { temporaryFolder } from './temporary'

/** An example that runs as a program of its own, against a simulator in this process. */
export interface Recipe extends RunningExample {
  readonly simulator: Simulator
}

export interface RecipeOptions {
  /** Variables beside those that every example reads. */
  readonly env?: Readonly<Record<string, string>>
  readonly express?: ExpressVersion
}

/** The variables that every example reads. */
export function exampleEnvironment(simulator: Simulator): Readonly<Record<string, string>> {
  const { appid: WX_APPID, secret: WX_SECRET } = SIMULATOR_APP
  return { WX_APPID, WX_SECRET, WX_API_BASE_URL: simulator.url, JWT_SECRET }
}

export async function startRecipe(path: string, options: RecipeOptions = {}): Promise<Recipe> {
  const folder = temporaryFolder()
  const simulator = createSimulator()
  await simulator.listen()
  const env = { ...exampleEnvironment(simulator), ...options.env, cwd: folder.path }
  async function close(): Promise<void> {
    await simulator.close()
    folder.remove()
  }
  const example = await runExample(path, env, options.express).catch(async error => {
    await close()
    throw error
  })
  return {
    ...example,
    simulator,
    async stop() {
      await example.stop()
      await close()
    },
  }
}

/** What a recipe answered: the JSON, where it is JSON. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of its recipe's answer
  readonly body: any
}

/** Asks as a mini program does. `token` goes into `Authorization`. */
export async function ask(
  url: string,
  { token, data, headers = {}, ...init }: RequestInit & { token?: string; data?: object } = {},
): Promise<Answered> {
  const answer = await fetch(url, {
    ...(data && { method: 'POST', body: JSON.stringify(data) }),
    ...init,
    headers: {
      ...(data && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(headers as Record<string, string>),
    },
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
}
