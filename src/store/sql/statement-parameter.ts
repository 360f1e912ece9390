/** Stands for the parameter of that name until the statement is run. */
export const parameter = (name: string) => ({ name }) as never
