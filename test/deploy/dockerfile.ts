/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string
  /** The rest of it, with its continued lines put together. */
  readonly words: string
}

/** The instructions of a Dockerfile in their order, without comments. */
export function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter(line => !/^\s*#/.test(line))
  const whole = lines.join('\n').replaceAll(/\\\n\s*/g, '')
  return whole.split('\n').flatMap(line => {
    const [, name = '', words = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    return name === '' ? [] : [{ name, words }]
  })
}

/** The stages: each begins with FROM. */
export function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = []
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === 'FROM') stages.push([])
    stages.at(-1)?.push(instruction)
  }
  return stages
}

/** Whether a .dockerignore lets a file through: the last pattern that fits decides. */
export function isSent(file: string, ignore: string): boolean {
  let sent = true
  for (const line of ignore.split('\n').filter(text => text !== '' && !text.startsWith('#'))) {
    const pattern = line.replace(/^!/, '')
    const source = pattern
      .replaceAll('.', String.raw`\.`)
      .replaceAll('**/', '(?:.+/)?')
      .replaceAll(/(?<!\.)\*/g, '[^/]*')
    if (new RegExp(`^${source}(?:/.*)?$`).test(file)) sent = line.startsWith('!')
  }
  return sent
}
