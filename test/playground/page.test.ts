import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage, type WatchedPage } from '../support/browser'
import { available } from '../support/databases'
import { type InProcess, startInProcess } from '../support/running-server'

const describeBrowser = available('chromium') ? describe : describe.skip
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What a shell prints for a line; the server of this process must be free to answer. */
const pasted = async (line: string) =>
  (await promisify(execFile)('bash', ['-e', '-c', line])).stdout

describeBrowser('the page, in Chromium', () => {
  let browser: Browser
  let server: InProcess
  const opened: WatchedPage[] = []
  beforeAll(async () => {
    const quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
    server = await startInProcess()
    quiet.mockRestore()
    browser = await launchBrowser()
  })
  afterEach(async () => {
    const pages = opened.splice(0)
    for (const { foreign, complaints } of pages) {
      expect(foreign).toEqual([])
      expect(complaints).toEqual([])
    }
    await Promise.all(pages.map(page => page.close()))
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop({ atOnce: true })
  })

  async function open(options: object): Promise<Page> {
    const page = await openPage(browser, server.url, options)
    opened.push(page)
    return page.page
  }

  const textOf = async (page: Page, id: string) =>
    String(await page.locator(`#${id}`).textContent())

  /** Clicks, and waits until the page has shown all that came of it. */
  async function click(page: Page, id: string): Promise<void> {
    await page.locator(`#${id}`).click()
    await page.locator('body:not(.is-busy)').waitFor()
  }

  async function expectAccessible(page: Page): Promise<void> {
    const found = await page.evaluate(
      // The page's own policy lets no script in: this comes by the debugger.
      `${AXE}; axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) =>
          id + ': ' + nodes.map(({ html, any }) => html + (any[0]?.message ?? '')).join(' | ')))`,
    )
    expect(found).toEqual([])
  }

  test.each([
    ['zh-CN', 'light', '已登录', '微信接口调用超限，请稍后重新登录'],
    ['en-US', 'dark', 'Logged in', "WeChat's call quota is used up for now."],
  ] as const)(
    '%s, %s: log in, see the token, call, break WeChat, let time pass, renew, log out',
    async (locale, colorScheme, loggedIn, quota) => {
      const page = await open({ locale, colorScheme, viewport: { width: 1440, height: 900 } })
      await expectAccessible(page)
      await click(page, 'person-bob')
      await click(page, 'log-in')
      expect(await textOf(page, 'is-login')).toContain(loggedIn)
      expect(await textOf(page, 'fact-session_key')).toBe('fresh')
      expect(await page.locator('#verdict.good').count()).toBe(1)

      await click(page, 'do-me')
      const answer = await pasted(await textOf(page, 'snippet'))
      expect(JSON.parse(answer)).toEqual(JSON.parse(await textOf(page, 'body')))

      await click(page, 'fault-quota')
      await click(page, 'try-now')
      expect(await textOf(page, 'answer-status')).toBe('503')
      expect(await textOf(page, 'advice')).toContain(quota)
      expect(await textOf(page, 'timeline')).toContain('errcode 45011')
      expect(await page.locator('#status').textContent()).toContain(quota)
      await expectAccessible(page)

      await click(page, 'forward-95')
      expect(await textOf(page, 'fact-next')).toBe('renew')
      await click(page, 'do-refresh')
      expect(await textOf(page, 'fact-next')).toBe('none')
      await click(page, 'forward-125')
      await click(page, 'do-me')
      expect(await textOf(page, 'body')).toContain('token_expired')
      await click(page, 'log-in-again')
      await click(page, 'do-logout')
      expect(await textOf(page, 'answer-status')).toBe('200')
      expect(await page.locator('#log-in').count()).toBe(1)
    },
  )

  test('phone, decrypt, other devices and a changed token: each shows what the server says', async () => {
    const page = await open({ locale: 'en-US', viewport: { width: 1440, height: 900 } })
    await click(page, 'log-in')
    await click(page, 'do-phone')
    expect(await textOf(page, 'number')).toMatch(/^1380000\d{4}$/)
    await click(page, 'do-decrypt')
    expect(await textOf(page, 'body')).toContain('"purePhoneNumber": "1380000')
    await click(page, 'do-otherLogin')
    expect(await textOf(page, 'fact-session_key')).toBe('replaced')
    await click(page, 'do-sessions')
    await click(page, 'end-others')
    expect(await page.locator('.device').count()).toBe(1)
    await click(page, 'tamper')
    expect(await textOf(page, 'body')).toContain('token_invalid')
    expect(await textOf(page, 'is-login')).toContain('Logged in')
    await click(page, 'do-logoutAll')
  })

  test('what people type is text and never markup', async () => {
    const page = await open({ locale: 'en-US', viewport: { width: 1440, height: 900 } })
    const name = '<img src=x onerror=alert(1)>'
    await page.locator('#other-name').fill(name)
    await page.locator('#other-name').blur()
    await click(page, 'log-in')
    await page.locator('#nickname').fill(`${name}'"`)
    await click(page, 'save-nickname')
    expect(await page.locator('.person strong').textContent()).toBe(`${name}'"`)
    expect(await page.locator('img').count()).toBe(0)
    const answer = await pasted(await textOf(page, 'snippet'))
    expect(JSON.parse(answer).nickname).toBe(`${name}'"`)
    await click(page, 'do-logout')
  })

  test('a server that is gone is said, and the page works again when it is back', async () => {
    const page = await open({ locale: 'en-US', viewport: { width: 1440, height: 900 } })
    await page.route('**/playground/**', route => route.abort())
    await click(page, 'log-in')
    expect(await textOf(page, 'trouble')).toContain('is it running')
    await page.unroute('**/playground/**')
    await click(page, 'log-in')
    expect(await page.locator('#trouble').count()).toBe(0)
    await click(page, 'do-logout')
  })

  test('by keyboard alone: the focus can be seen, stays where it was, and goes on from there', async () => {
    const page = await open({ locale: 'en-US', viewport: { width: 1024, height: 768 } })
    const focused = () => page.evaluate('document.activeElement.id')
    const tabTo = async (id: string) => {
      for (let i = 0; i < 60 && (await focused()) !== id; i++) await page.keyboard.press('Tab')
      expect(await focused()).toBe(id)
    }
    await tabTo('log-in')
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')
    expect(outline).toBe('3px')
    await page.keyboard.press('Enter')
    await page.locator('#do-me').waitFor()
    await page.locator('body:not(.is-busy)').waitFor()
    expect(await focused()).toBe('phone')
    await tabTo('do-me')
    await page.keyboard.press('Enter')
    await page.locator('.request', { hasText: 'GET /me' }).waitFor()
    await page.locator('body:not(.is-busy)').waitFor()
    expect(await focused()).toBe('do-me')
    await click(page, 'do-logout')
  })

  test('on a narrow screen nothing is wider than the screen, and the language can be changed', async () => {
    const page = await open({ locale: 'zh-CN', viewport: { width: 360, height: 740 } })
    const width = () => page.evaluate('document.documentElement.scrollWidth')
    expect(await width()).toBe(360)
    await click(page, 'log-in')
    await click(page, 'all-faults')
    expect(await width()).toBe(360)
    await page.locator('[data-language=en]').click()
    expect(await page.evaluate('document.documentElement.lang')).toBe('en')
    expect(await textOf(page, 'is-login')).toContain('Logged in')
    expect(await width()).toBe(360)
    await expectAccessible(page)
    await page.reload()
    await page.locator('#is-login.true').waitFor()
    await click(page, 'do-logout')
  })
})
