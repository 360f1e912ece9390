import type { z } from 'zod'

/** The order of the groups is the order of the documents. */
export const GROUPS = ['process', 'wechat', 'token', 'store', 'limits', 'log', 'code'] as const

/** A row of the table of options: all that is known about one option, but for the code that uses it. */
export interface Option<Input = unknown> {
  readonly group: (typeof GROUPS)[number]
  /** What the option accepts, its default, and the words of a refusal. A refusal never shows the value. */
  readonly schema: z.ZodType<unknown, Input>
  /** The environment variable. Without one, only code can give the option. */
  readonly env?: string
  /** Turns the variable's text into a value for the schema. Default: the text as it is. */
  readonly parse?: (text: string) => unknown
  /**
   * `true`: no log may show the value. `password`: no log may show the password inside the URL.
   * Both: the variable may also come as a file, `NAME_FILE`.
   */
  readonly secret?: true | 'password'
  /** The default in production, where it differs from the schema's. */
  readonly productionDefault?: Input
  /** The option that this variable is a part of, where that is another one. */
  readonly partOf?: string
  /** For `.env.example`: a value to show where there is no default. `ask`: an empty one to fill in. */
  readonly example?: string | 'ask'
  /** For the documents: what happens without the option, where no default says it. */
  readonly unset?: Words
  /** One line, in Markdown. */
  readonly words: Words
}

/** The same sentence in both languages of the documents. */
export interface Words {
  readonly zh: string
  readonly en: string
}

export type OptionTable = Readonly<Record<string, Option>>

/** The checked values of a table's options. */
export type ValuesOf<T extends OptionTable> = {
  readonly [Name in keyof T]: z.output<T[Name]['schema']>
}
