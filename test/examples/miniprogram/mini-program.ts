import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createFakeWx, type FakeWx } from '../../client/fake-wx'
import { elementsOf, render, type Shown, textOf } from './wxml'

export const FOLDER = join(__dirname, '../../../examples/miniprogram')
export const PAGES: readonly string[] = JSON.parse(
  readFileSync(join(FOLDER, 'app.json'), 'utf8'),
).pages

type Handler = (event?: object) => Promise<void> | void
interface PageOptions {
  data: Record<string, unknown>
  [handler: string]: unknown
}

/** One page of the sample as a person has it in front of him. */
export interface OpenPage {
  text(): string
  elements(): readonly Shown[]
  /** Taps the element with this text; `detail` is what WeChat's button tells then. */
  tap(text: string, detail?: object): Promise<void>
  fire(handler: string, event?: object): Promise<void>
}

export interface MiniProgram {
  readonly wx: FakeWx
  /** What wx.showToast said. */
  readonly toasts: string[]
  /** Where wx.navigateTo and wx.navigateBack went. */
  readonly ways: string[]
  /** What the user answers to wx.showModal. */
  isSure: boolean
  /** What wx.getWeRunData tells. */
  weRunData: () => Promise<object>
  uploads: { url: string; filePath: string; header?: Record<string, string> }[]
  open(page: string): Promise<OpenPage>
}

interface Options {
  baseUrl: string
  mintCode: () => string
  /** Default: none. With one the sample is run as it comes, on the server's simulator. */
  simulatedUser?: string
  simulatorUrl?: string
  uploadUrl?: string
}

/** The sample's own files, run with a `wx` as WeChat documents it. */
export function startMiniProgram({ mintCode, ...rest }: Options): MiniProgram {
  const wx = createFakeWx({ mintCode })
  const config = { simulatedUser: '', simulatorUrl: '', uploadUrl: '', ...rest }
  const loaded = new Map<string, { exports: unknown }>()
  let registered: PageOptions | undefined

  const program: MiniProgram = {
    wx,
    toasts: [],
    ways: [],
    isSure: true,
    weRunData: async () => ({}),
    uploads: [],
    async open(page) {
      registered = undefined
      load(join(FOLDER, page))
      if (!registered) throw new Error(`${page} calls no Page()`)
      const instance = instanceOf(registered)
      await call(instance, 'onLoad')
      await call(instance, 'onShow')
      return openPage(page, instance)
    },
  }
  const platform = Object.assign(wx, phoneOf(program))

  /** Runs a file once, as WeChat's `require` does: by its path, without node_modules. */
  function load(path: string): unknown {
    const isPage = PAGES.some(page => join(FOLDER, page) === path)
    const known = loaded.get(path)
    if (known && !isPage) return known.exports
    if (path === join(FOLDER, 'config')) return config
    const module = { exports: {} as unknown }
    loaded.set(path, module)
    const run = new Function('require', 'module', 'exports', 'wx', 'Page', 'App', sourceOf(path))
    const requireHere = (name: string) => load(join(dirname(path), name))
    const page = (options: PageOptions) => {
      registered = options
    }
    const app = (options: { onLaunch(): void }) => options.onLaunch()
    run(requireHere, module, module.exports, platform, page, app)
    return module.exports
  }

  load(join(FOLDER, 'app'))
  return program
}

function sourceOf(path: string): string {
  return readFileSync(`${path}.js`, 'utf8')
}

function instanceOf({ data, ...handlers }: PageOptions): PageOptions {
  const instance: PageOptions = {
    ...handlers,
    data: structuredClone(data),
    setData: (change: object) => void Object.assign(instance.data, structuredClone(change)),
  }
  return instance
}

async function call(instance: PageOptions, handler: string, event?: object): Promise<void> {
  const run = instance[handler] as Handler | undefined
  await run?.call(instance, event)
}

function openPage(page: string, instance: PageOptions): OpenPage {
  const wxml = readFileSync(join(FOLDER, `${page}.wxml`), 'utf8')
  const shown = () => render(wxml, instance.data)
  return {
    text: () => textOf(shown()),
    elements: () => elementsOf(shown()),
    fire: (handler, event) => call(instance, handler, event),
    async tap(text, detail = {}) {
      const able = elementsOf(shown()).filter(
        ({ attributes, children }) => handlerOf(attributes) && textOf(children).includes(text),
      )
      const element = able.at(-1)
      if (!element) throw new Error(`there is nothing to tap with "${text}"`)
      if (element.attributes.disabled) throw new Error(`"${text}" is disabled`)
      const id = element.attributes['data-id']
      await call(instance, String(handlerOf(element.attributes)), {
        detail,
        currentTarget: { dataset: { id } },
      })
    },
  }
}

function handlerOf(attributes: Shown['attributes']): unknown {
  return attributes.bindtap ?? attributes.bindgetphonenumber ?? attributes.bindchooseavatar
}

/** The rest of `wx` that the sample uses. */
function phoneOf(program: MiniProgram) {
  type Callbacks = { success(result: object): void; fail(error: object): void }
  return {
    showToast: ({ title }: { title: string }) => void program.toasts.push(title),
    showModal: ({ success }: Callbacks) => success({ confirm: program.isSure }),
    navigateTo: ({ url }: { url: string }) => void program.ways.push(url),
    navigateBack: () => void program.ways.push('back'),
    stopPullDownRefresh: () => undefined,
    getWeRunData: ({ success, fail }: Callbacks) => void program.weRunData().then(success, fail),
    getFileSystemManager: () => ({
      saveFile: ({ tempFilePath, success }: Callbacks & { tempFilePath: string }) =>
        success({ savedFilePath: tempFilePath.replace('tmp', 'store') }),
    }),
    uploadFile(options: Callbacks & MiniProgram['uploads'][number]) {
      program.uploads.push(options)
      const data = JSON.stringify({ url: 'https://cdn.example/avatar.jpg' })
      options.success({ statusCode: 200, data })
    },
  }
}
