import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { PROGRAMS } from './databases'

/** A browser that asks nobody anything by itself, with a profile of its own that goes with it. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: String(PROGRAMS.chromium), args: ARGUMENTS })
}

export interface WatchedPage {
  readonly page: Page
  /** Addresses outside of the page's origin that it asked for. None of them was reached. */
  readonly foreign: string[]
  /** What the page complained of: errors of its scripts, and what its policy forbade. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** Opens an address where every request to another origin is blocked and noted. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  const foreign: string[] = []
  const complaints: string[] = []
  const { origin } = new URL(url)
  await context.route('**/*', route => {
    const asked = route.request().url()
    if (new URL(asked).origin === origin || asked.startsWith('data:')) return route.continue()
    foreign.push(asked)
    return route.abort()
  })
  const page = await context.newPage()
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    // A refusal that the page shows is an error to the console, too. What a policy forbids says so.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text())
  })
  await page.goto(url)
  return { page, foreign, complaints, close: () => context.close() }
}
