import type { Spec } from "../spec.ts"

/** Readers of the attributes of a node, with defaults. */
export const intOf = ({ attributes }: Spec, name: string, fallback: number): number => {
  const found = attributes?.[name]
  return found?.type === "int" ? Number(found.value) : fallback
}

export const intsOf = ({ attributes }: Spec, name: string): number[] | undefined => {
  const found = attributes?.[name]
  return found?.type === "ints" ? found.value.map(Number) : undefined
}

export const floatOf = ({ attributes }: Spec, name: string, fallback: number): number => {
  const found = attributes?.[name]
  return found?.type === "float" ? found.value : fallback
}

export const floatsOf = ({ attributes }: Spec, name: string): readonly number[] | undefined => {
  const found = attributes?.[name]
  return found?.type === "floats" ? found.value : undefined
}

export const stringOf = ({ attributes }: Spec, name: string, fallback: string): string => {
  const found = attributes?.[name]
  return found?.type === "string" ? found.value : fallback
}

export const stringsOf = ({ attributes }: Spec, name: string): readonly string[] | undefined => {
  const found = attributes?.[name]
  return found?.type === "strings" ? found.value : undefined
}
