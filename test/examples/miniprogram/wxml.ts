import type { ChildNode, Element } from 'domhandler'
import { parseDocument } from 'htmlparser2'

type Data = Readonly<Record<string, unknown>>

/** What WeChat would show: an element with its attributes worked out, or a text. */
export interface Shown {
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly children: readonly (Shown | string)[]
}

/**
 * A page's WXML with its data, by WeChat's rules for `{{}}`, `wx:if`, `wx:elif`, `wx:else`, `wx:for`
 * and `block`. Source: https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/
 */
export function render(wxml: string, data: Data): readonly (Shown | string)[] {
  return renderAll(parseDocument(wxml, { xmlMode: true }).children, data)
}

function renderAll(nodes: readonly ChildNode[], data: Data): (Shown | string)[] {
  const shown: (Shown | string)[] = []
  /** Whether a branch of the last `wx:if` was taken. */
  let isTaken = true
  for (const node of nodes) {
    if (node.type === 'text') {
      const text = String(evaluate(node.data, data)).trim()
      if (text) shown.push(text)
    }
    if (!isElement(node)) continue
    const { 'wx:if': first, 'wx:elif': next, 'wx:else': last, 'wx:for': list } = node.attribs
    if (list !== undefined) {
      const items = evaluate(list, data) as readonly unknown[]
      for (const [index, item] of items.entries()) {
        shown.push(...renderOne(node, { ...data, item, index }))
      }
      continue
    }
    if (first !== undefined) isTaken = false
    else if (next === undefined && last === undefined) isTaken = false
    const condition = first ?? next
    if (isTaken || (condition !== undefined && !evaluate(condition, data))) continue
    isTaken = true
    shown.push(...renderOne(node, data))
  }
  return shown
}

function isElement(node: ChildNode): node is Element {
  return node.type === 'tag'
}

function renderOne(node: Element, data: Data): (Shown | string)[] {
  const children = renderAll(node.children, data)
  if (node.name === 'block') return children
  const attributes = Object.fromEntries(
    Object.entries(node.attribs)
      .filter(([name]) => !name.startsWith('wx:'))
      .map(([name, text]) => [name, evaluate(text, data)]),
  )
  return [{ name: node.name, attributes, children }]
}

/** One expression alone keeps its type; among other text it becomes text. */
function evaluate(text: string, data: Data): unknown {
  const whole = /^\{\{(.+)\}\}$/.exec(text.trim())
  if (whole?.[1] !== undefined && !whole[1].includes('{{')) return worth(whole[1], data)
  return text.replace(/\{\{(.+?)\}\}/g, (_, expression: string) => String(worth(expression, data)))
}

function worth(expression: string, data: Data): unknown {
  const names = Object.keys(data)
  return new Function(...names, `return (${expression})`)(...names.map(name => data[name]))
}

/** Every element, from the top of the page to its end. */
export function elementsOf(shown: readonly (Shown | string)[]): Shown[] {
  return shown.flatMap(each =>
    typeof each === 'string' ? [] : [each, ...elementsOf(each.children)],
  )
}

/** What a person reads, without spaces between the parts. */
export function textOf(shown: readonly (Shown | string)[]): string {
  return shown
    .map(each => (typeof each === 'string' ? each : textOf(each.children)))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}
