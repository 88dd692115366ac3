import { extname } from "node:path"
import { OnusError } from "../protocol/errors.ts"
import type { Inputs } from "../engine/executor.ts"
import { digitFromPng } from "../engine/image/digit-image.ts"
import type { Port, Program } from "../engine/program/program.ts"
import { readFile } from "./file.ts"
import { type Values, readNpy } from "./npy.ts"

/**
 * Reads the inputs of a model from arguments `NAME=FILE`.
 *
 * @throws OnusError `InputArgumentInvalid`, `InputUnknown`, `InputMissing`, `InputShapeMismatch`, and what is
 * wrong with the file.
 */
export function readInputs(program: Program, pairs: readonly string[]): Inputs {
  const inputs = new Map<string, Float32Array>()
  for (const pair of pairs) {
    const [name, file] = splitPair(pair)
    const port = program.inputs.find((one) => one.name === name)
    if (!port) {
      const known = program.inputs.map((one) => one.name).join(", ")
      throw new OnusError("InputUnknown", `The model has no input "${name}"; it has ${known}`)
    }
    inputs.set(name, readInput(port, file))
  }
  for (const { name, shape } of program.inputs) {
    if (inputs.has(name)) continue
    throw new OnusError("InputMissing", `The input "${name}" of shape [${shape}] is missing`, {
      hint: `Add --input ${name}=FILE`,
    })
  }
  return Object.fromEntries(inputs)
}

function splitPair(pair: string): [name: string, file: string] {
  const at = pair.indexOf("=")
  if (at > 0 && at < pair.length - 1) return [pair.slice(0, at), pair.slice(at + 1)]
  throw new OnusError("InputArgumentInvalid", `${JSON.stringify(pair)} names no input and file`, {
    hint: "Write --input NAME=FILE with a .json, .npy or .png file",
  })
}

function readInput(port: Port, file: string): Float32Array {
  const bytes = readFile(file)
  const { values, shape } = parse(port, file, bytes)
  if (fits(shape, port.shape)) return values
  const message = `${file} has shape [${shape}]; the input "${port.name}" has shape [${port.shape}]`
  throw new OnusError("InputShapeMismatch", message, {
    hint: "A flat list of as many values is taken too",
  })
}

function parse(port: Port, file: string, bytes: Buffer): Values {
  const kind = extname(file).toLowerCase()
  if (kind === ".json") return readJson(file, bytes.toString())
  if (kind === ".npy") return readNpy(bytes)
  if (kind === ".png") {
    const [height, width] = port.shape.slice(-2)
    if (port.tensor.length === 784 && height === 28 && width === 28) {
      return { values: digitFromPng(bytes), shape: port.shape }
    }
    throw new OnusError("InputFileUnsupported", `The input "${port.name}" is no picture of 28 x 28 pixels`, {
      hint: "Pictures are prepared for digit models only: give the values as .npy or .json",
    })
  }
  throw new OnusError("InputFileUnsupported", `${file} is of no kind that is read`, {
    hint: "Give a .json array, a .npy file of float32 or a .png picture",
  })
}

/** Axes of length one do not count, and a flat list fits what has as many values. */
function fits(given: readonly number[], wanted: readonly number[]): boolean {
  const count = (shape: readonly number[]) => shape.reduce((all, size) => all * size, 1)
  const long = (shape: readonly number[]) => shape.filter((size) => size !== 1).join()
  return count(given) === count(wanted) && (given.length <= 1 || long(given) === long(wanted))
}

/** Reads an array of numbers, nested as deep as it has axes. */
function readJson(file: string, text: string): Values {
  const fail = (why: string, cause?: unknown): never => {
    throw new OnusError("InputFileMalformed", `${file}: ${why}`, {
      hint: "Write a JSON array of numbers, nested like the input's shape or flat",
      cause,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    return fail("it is not JSON", cause)
  }
  const shape: number[] = []
  for (let at = json; Array.isArray(at); at = at[0]) shape.push(at.length)
  const flatten = (value: unknown, depth: number): number[] => {
    if (depth === shape.length) {
      if (typeof value !== "number" || !Number.isFinite(Math.fround(value)))
        return fail(`${JSON.stringify(value)} is not a float32`)
      return [value]
    }
    if (!Array.isArray(value) || value.length !== shape[depth]) return fail("its rows differ in length")
    return value.flatMap((entry) => flatten(entry, depth + 1))
  }
  return { values: Float32Array.from(flatten(json, 0)), shape }
}
