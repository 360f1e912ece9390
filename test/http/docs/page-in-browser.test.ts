import type { Browser } from 'playwright-core'
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser'
import { available } from '../../support/databases'
import { type Service, startService } from '../../support/service'

const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 320, height: 640 }
/** What the smallest of texts must have against its ground: WCAG 2.2, 1.4.3. */
const CONTRAST = 4.5

const withBrowser = available('chromium') ? describe : describe.skip

withBrowser('/docs in Chromium', () => {
  let service: Service
  let browser: Browser
  const opened: WatchedPage[] = []
  beforeAll(async () => {
    service = await startService({ host: 'Express 5, mounted' })
    browser = await launchBrowser()
  })
  afterEach(async () => {
    const done = opened.splice(0)
    for (const { close } of done) await close()
    // Whatever a test is about: the page asks nobody else, and has nothing to complain of.
    expect(done.flatMap(({ foreign }) => foreign)).toEqual([])
    expect(done.flatMap(({ complaints }) => complaints)).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  async function open(path = '/docs', options: Parameters<typeof openPage>[2] = {}) {
    const url = `http://127.0.0.1:${service.port}${service.prefix}${path}`
    const watched = await openPage(browser, url, { viewport: WIDE, locale: 'zh-CN', ...options })
    opened.push(watched)
    return watched.page
  }

  test.each([
    ['on a phone of 320 px, light', { viewport: PHONE, colorScheme: 'light' as const }],
    ['on a phone of 320 px, dark', { viewport: PHONE, colorScheme: 'dark' as const }],
    ['on a tablet', { viewport: { width: 800, height: 900 } }],
    ['on a wide screen', { viewport: WIDE }],
  ])('%s nothing is wider than the screen, errors and menu unfolded', async (_name, options) => {
    for (const path of ['/docs?lang=zh', '/docs?lang=en']) {
      const page = await open(path, options)
      await page.evaluate(
        "document.querySelectorAll('details').forEach(each => { each.open = true })",
      )
      const [shown, screen] = (await page.evaluate(
        '[document.documentElement.scrollWidth, innerWidth]',
      )) as [number, number]
      expect(shown).toBeLessThanOrEqual(screen)
    }
  })

  test.each(['light', 'dark'] as const)(
    'in the %s every text stands out from its ground',
    async colorScheme => {
      const page = await open('/docs?lang=en', { colorScheme })
      const weak = (await page.evaluate(`(${weakTexts})(${CONTRAST})`)) as string[]
      expect(weak).toEqual([])
    },
  )

  test('it speaks the browser’s language, and one press changes it at the same place', async () => {
    const page = await open('/docs#putMe', { locale: 'en-US' })
    expect(await page.title()).toBe('miniprogram-login · API documentation')
    await page.click('a.language')
    await page.waitForURL(/lang=zh#putMe$/)
    expect(await page.title()).toBe('miniprogram-login · 接口文档')
  })

  test('the samples have the address where the page stands, its path included', async () => {
    const page = await open()
    const here = `http://127.0.0.1:${service.port}${service.prefix}`
    expect(await page.textContent('#postLogin [data-sample="curl"] code')).toContain(
      `${here}/login`,
    )
    expect(await page.textContent('.overview .base')).toBe(here)
  })

  test('by the keyboard alone one finds a route, and reads it', async () => {
    const page = await open('/docs?lang=en')
    await page.keyboard.press('/')
    await page.keyboard.type('session_key_stale')
    const shown = () => page.locator('article:visible').evaluateAll(all => all.map(({ id }) => id))
    expect(await shown()).toEqual(['postDecrypt', 'postChecksession'])
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.waitForURL(/#postDecrypt$/)
    await page.focus('#filter')
    await page.keyboard.press('Escape')
    expect((await shown()).length).toBeGreaterThan(15)
    await page.keyboard.press('/')
    await page.keyboard.type('no such thing')
    expect(await page.locator('.nothing').isVisible()).toBe(true)
  })

  test('a kind of sample that one chooses is shown everywhere, and again next time', async () => {
    const page = await open()
    const visible = (id: string) =>
      page
        .locator(`#${id} [data-sample]:visible h5`)
        .evaluateAll(all => all.map(({ textContent }) => textContent))
    expect(await visible('postLogin')).toEqual(['curl'])
    await page.click('#postPhone [data-tab="SDK"]')
    expect([await visible('postLogin'), await visible('getLivez')]).toEqual([['SDK'], ['curl']])
    await page.reload()
    expect(await visible('postLogin')).toEqual(['SDK'])
  })

  test('one press makes it dark, and it stays so', async () => {
    const page = await open('/docs', { colorScheme: 'light' })
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const before = await ground()
    await page.click('button.theme')
    expect(await ground()).not.toBe(before)
    const after = await ground()
    await page.reload()
    expect(await ground()).toBe(after)
  })

  test('without its script everything can be read', async () => {
    const page = await open('/docs?lang=en', { javaScriptEnabled: false })
    expect(await page.locator('[data-sample="SDK"]').first().isVisible()).toBe(true)
    expect(await page.locator('#filter').isVisible()).toBe(false)
    await page.click('#postLogin details summary')
    expect(await page.locator('#postLogin details dl').isVisible()).toBe(true)
  })
})

/**
 * Runs in the page: texts whose contrast with the nearest painted ground is too weak. Written for
 * plain colours, which are all that the page has.
 */
const weakTexts = `least => {
  const parse = text => text.match(/[\\d.]+/g).map(Number)
  const light = rgb => {
    const [r, g, b] = rgb.map(c => c / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = element => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = parse(getComputedStyle(each).backgroundColor)
      if (alpha > 0) return [r, g, b]
    }
    return [255, 255, 255]
  }
  const weak = []
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    if (!hasText || !element.checkVisibility()) continue
    const ink = light(parse(getComputedStyle(element).color).slice(0, 3))
    const ground = light(groundOf(element))
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)
    if (contrast < least) weak.push(contrast.toFixed(2) + ' ' + element.className + ' ' + element.textContent.slice(0, 40))
  }
  return weak
}`
