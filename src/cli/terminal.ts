import { createInterface } from 'node:readline/promises'

/** Where a command reads and writes. */
export interface Terminal {
  /** Data: a line or several on standard output. */
  print(text: string): void
  /** Talk: a line or several on standard error, so that a pipe gets the data alone. */
  say(text: string): void
  /** Whether a person sits there. Nobody else is ever asked. */
  readonly isInteractive: boolean
  /** Whether standard output shows colours. */
  readonly hasColours: boolean
  /** Asks the person, and gives back the answer without white space around it. */
  ask(question: string): Promise<string>
}

/** The terminal of this process. */
export function createTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  // `users list | head` closes the pipe early. That is no failure of the command.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
  })
  return {
    print: text => void stdout.write(`${text}\n`),
    say: text => void stderr.write(`${text}\n`),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    hasColours: stdout.isTTY === true && !process.env.NO_COLOR,
    async ask(question) {
      const reader = createInterface({ input: stdin, output: stderr })
      try {
        return (await reader.question(question)).trim()
      } finally {
        reader.close()
      }
    },
  }
}
