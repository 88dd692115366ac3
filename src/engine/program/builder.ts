import { OnusError } from "../../protocol/errors.ts"
import { Body, type ElementType, Space, type Step, type Tensor, widthOf } from "../../protocol/program.ts"
import { type BoundStep, bind, isMisaligned } from "./bind.ts"
import { evaluateConstant } from "./fold.ts"
import { LOWERING_LIMITS, requireNumbers } from "./limits.ts"
import { pack } from "./pack.ts"
import type { Port, ProgramParts } from "./program.ts"
import { Emitter, type Register } from "./scalar/emitter.ts"
import { TensorTable } from "./tensors.ts"
import {
  type LoopAccess,
  type LoopCore,
  type Pending,
  type Reader,
  Storage,
  type Stored,
  Value,
  isStored,
} from "./value.ts"
import { type Digit, type Layout, denseLayout, isDense, normalised, orderedLayout, product } from "./view.ts"

/** What one fused step may grow to: every operand is opened when one of its elements is disputed. */
const FUSION_LIMITS = { operands: 12, instructions: 200 } as const

/** Collects the steps of a program while the nodes of a graph are lowered one after another. */
export class Builder {
  readonly #tensors = new TensorTable()
  readonly #steps: Step[] = []
  readonly #inputs: Port[] = []
  readonly #outputs: Port[] = []
  readonly #packed = new WeakMap<Storage, Map<string, Storage>>()
  readonly #returned = new Set<Tensor>()
  #folded = 0

  addInput(name: string, type: ElementType, shape: readonly number[]): Value {
    const tensor = this.#tensors.allocate(Space.Input, type, product(shape), name)
    this.#inputs.push({ name, shape, tensor })
    const value = new Value(type, shape, { source: tensor, layout: denseLayout(shape) })
    value.input = name
    return value
  }

  /** Says that the graph returns a value: it lies in the tree of Output in row-major order. */
  addOutput(name: string, value: Value): void {
    const { source, layout } = this.stored(value)
    const inPlace =
      !(source instanceof Storage) &&
      source.space === Space.Output &&
      source.length === product(value.shape) &&
      isDense(layout) &&
      !this.#returned.has(source)
    const tensor = inPlace ? source : this.#copyOut(name, value)
    this.#returned.add(tensor)
    this.#outputs.push({ name, shape: value.shape, tensor })
  }

  /** A constant of the given bytes in row-major order. */
  constant(type: ElementType, shape: readonly number[], bytes: Uint8Array): Value {
    return new Value(type, shape, { source: new Storage(type, bytes), layout: denseLayout(shape) })
  }

  /** A constant of which every element has the same bytes, given as an integer, least significant byte first. */
  fill(type: ElementType, shape: readonly number[], value: bigint): Value {
    const bytes = new Uint8Array(widthOf(type)).map((_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
    const layout = { base: 0, axes: shape.map((size) => normalised([{ size, stride: 0 }])) }
    return new Value(type, shape, { source: new Storage(type, bytes), layout })
  }

  /** The same elements seen through another layout. */
  view(value: Value, layout: Layout, shape: readonly number[]): Value {
    return new Value(value.type, shape, { source: this.stored(value).source, layout })
  }

  /** Where a value lies; emits the step that computes it if none does. */
  stored(value: Value): Stored {
    if (isStored(value.state)) return value.state
    const { step, layout } = this.#bound(value.state, value.shape, value.output !== undefined)
    const inPlace = value.output !== undefined && isDense(layout)
    const space = inPlace ? Space.Output : Space.Trace
    const output = this.#tensors.allocate(space, value.type, product(value.shape), value.output ?? "")
    this.#push({ ...step, output })
    value.state = { source: output, layout }
    return value.state
  }

  /** A reader of all elements of a value, whose axes are broadcast to `shape` if it is given. */
  reader(value: Value, shape: readonly number[] = value.shape): Reader {
    const { source, layout } = this.stored(value)
    const missing = shape.length - layout.axes.length
    const axes = shape.map((size, axis) => {
      const own = value.shape[axis - missing] ?? 1
      return own === size ? (layout.axes[axis - missing] ?? []) : normalised([{ size, stride: 0 }])
    })
    return { source, layout: { base: layout.base, axes }, guards: [], lookups: [] }
  }

  /** An element-wise function of values that broadcast to one shape; fused with what computes them. */
  map(inputs: readonly Value[], make: (e: Emitter, registers: Register[]) => Register): Value {
    const shape = broadcast(inputs.map((value) => value.shape))
    const base = this.#baseOf(inputs, shape)
    const { core, type, instructions, loads: first } = this.#pendingOf(base, shape)
    const e = Emitter.resume(type, instructions)
    const loads = [...first]
    const registers = new Map<Value, Register>([[base, e.last]])
    // One read of the same elements serves every use of them.
    const load = (reader: Reader): Register => {
      if (core.body === Body.Read && core.candidates.length === 1 && isSame(core.candidates[0], reader))
        return 0
      const known = loads.findIndex((one) => isSame(one, reader))
      return e.load(known < 0 ? loads.push(reader) - 1 : known, reader.source.type)
    }
    for (const value of new Set(inputs)) {
      if (value !== base) registers.set(value, this.#join(value, shape, e, loads.length, load))
    }
    const result = make(
      e,
      inputs.map((value) => registers.get(value)!),
    )
    return this.#pending(e.typeOf(result), shape, { core, type, instructions: e.upTo(result), loads })
  }

  /** A value whose elements are each the first candidate that is not on padding, or zero. */
  read(type: ElementType, shape: readonly number[], candidates: readonly Reader[]): Value {
    return this.#pending(type, shape, {
      core: { body: Body.Read, candidates },
      type,
      instructions: [],
      loads: [],
    })
  }

  /** A value whose elements are each a reduction of type `type`. Loops of size 1 are dropped. */
  reduce(type: ElementType, shape: readonly number[], loops: LoopCore): Value {
    return this.#pending(type, shape, { core: withoutSingles(loops), type, instructions: [], loads: [] })
  }

  /** The value in storage nested as `order`, outermost axis first, without gaps: moved there if need be. */
  arranged(value: Value, order: readonly number[]): Value {
    const { source, layout } = this.stored(value)
    if (isDense(layout, order) && source.length === product(value.shape)) return value
    const shape = order.map((axis) => value.shape[axis])
    const moved: Layout = { base: layout.base, axes: order.map((axis) => layout.axes[axis]) }
    const arranged = orderedLayout(value.shape, order)
    if (source instanceof Storage) {
      return new Value(value.type, value.shape, { source: this.#pack(source, moved), layout: arranged })
    }
    const reader: Reader = { source, layout: moved, guards: [], lookups: [] }
    const output = this.#emitInOrder(value.type, shape, reader, Space.Trace, "")
    return new Value(value.type, value.shape, { source: output, layout: arranged })
  }

  /** The elements in row-major order if the value is a constant. */
  bytesOf(value: Value): Uint8Array | undefined {
    if (!isStored(value.state) || !(value.state.source instanceof Storage)) return undefined
    const { source, layout } = value.state
    if (isDense(layout) && source.length === product(value.shape)) return source.bytes
    return this.#pack(source, layout).bytes
  }

  finish(): ProgramParts {
    return {
      steps: this.#steps,
      inputs: this.#inputs,
      outputs: this.#outputs,
      constants: this.#tensors.constants,
    }
  }

  /** A pending value; one that needs nothing but constants is computed at once, one without elements is done. */
  #pending(type: ElementType, shape: readonly number[], pending: Pending): Value {
    const value = new Value(type, shape, pending)
    if (product(shape) === 0) value.state = emptyOf(type, shape)
    else if (isConstant(pending)) value.state = this.#fold(type, shape, pending)
    return value
  }

  #fold(type: ElementType, shape: readonly number[], pending: Pending): Stored {
    const table = new TensorTable()
    const { step, layout } = this.#bound(pending, shape, true, table)
    const output = table.allocate(Space.Trace, type, product(shape), "a constant")
    this.#spend(product(shape) * product(step.reduction))
    const bytes = evaluateConstant({ ...step, output }, table.constants)
    return { source: new Storage(type, bytes), layout }
  }

  /** Binds loops and tensors; readers that do not fit each other are copied first. */
  #bound(
    pending: Pending,
    shape: readonly number[],
    inOrder: boolean,
    table = this.#tensors,
  ): { step: Omit<Step, "output">; layout: Layout } {
    let bound = bind(pending, shape, inOrder)
    while (isMisaligned(bound)) {
      pending = this.#realigned(pending, shape, bound.axis)
      bound = bind(pending, shape, inOrder)
    }
    const { layout, ...rest } = bound
    return { step: { ...rest, operands: placed(bound, table) }, layout }
  }

  /** Copies every reader that cuts `axis` into several digits: the copies can be cut anywhere. */
  #realigned(pending: Pending, shape: readonly number[], axis: number): Pending {
    const { core } = pending
    const straight = (reader: Reader): Reader => {
      if (reader.layout.axes[axis].length > 1) return this.#copied(reader, shape)
      const lookups = reader.lookups.map((one) => ({ ...one, coordinate: straight(one.coordinate) }))
      return { ...reader, lookups }
    }
    const loads = pending.loads.map(straight)
    if (core.body !== Body.Read) return { ...pending, loads }
    return { ...pending, core: { ...core, candidates: core.candidates.map(straight) }, loads }
  }

  /** The same read of a copy in row-major order; padding stays padding. */
  #copied(reader: Reader, shape: readonly number[]): Reader {
    const { source, layout } = reader
    const bare: Reader = { source, layout, guards: [], lookups: [] }
    if (reader.lookups.length > 0) throw new OnusError("ProgramInvalid", "A lookup cannot be realigned")
    if (reader.guards.length > 0) throw new OnusError("ProgramInvalid", "A guarded read cannot be realigned")
    const dense = denseLayout(shape)
    if (source instanceof Storage) return { ...bare, source: this.#pack(source, layout), layout: dense }
    return { ...bare, source: this.#emitInOrder(source.type, shape, bare, Space.Trace, ""), layout: dense }
  }

  /** A step that moves what a reader reads into a new tensor in row-major order of `shape`. */
  #emitInOrder(
    type: ElementType,
    shape: readonly number[],
    reader: Reader,
    space: Space,
    name: string,
  ): Tensor {
    const core = { body: Body.Read, candidates: [reader] }
    const { step } = this.#bound({ core, type, instructions: [], loads: [] }, shape, true)
    const output = this.#tensors.allocate(space, type, product(shape), name)
    this.#push({ ...step, output })
    return output
  }

  #copyOut(name: string, value: Value): Tensor {
    if (product(value.shape) === 0) return this.#tensors.allocate(Space.Output, value.type, 0, name)
    return this.#emitInOrder(value.type, value.shape, this.reader(value), Space.Output, name)
  }

  /** Packs a constant; the same packing of the same constant is one tensor. */
  #pack(storage: Storage, layout: Layout): Storage {
    const digits = normalised(layout.axes.flat())
    const key = JSON.stringify([layout.base, digits])
    const known = this.#packed.get(storage) ?? new Map<string, Storage>()
    this.#packed.set(storage, known)
    const packed = known.get(key) ?? this.#packNew(storage, layout.base, digits)
    known.set(key, packed)
    return packed
  }

  #packNew(storage: Storage, base: number, digits: readonly Digit[]): Storage {
    this.#spend(product(digits.map((digit) => digit.size)))
    return pack(storage, base, digits)
  }

  #push(step: Step): void {
    requireNumbers(step)
    this.#steps.push(step)
    if (this.#steps.length <= LOWERING_LIMITS.steps) return
    throw new OnusError("ProgramTooLarge", `The program has more than ${LOWERING_LIMITS.steps} steps`, {
      hint: "Recurrent layers take a few steps for every moment: give them shorter sequences",
    })
  }

  /** Counts what is computed here instead of in the program, before it is: a small file can ask for much. */
  #spend(terms: number): void {
    this.#folded += Math.max(terms, LOWERING_LIMITS.foldedAtLeast)
    if (this.#folded <= LOWERING_LIMITS.folded) return
    throw new OnusError(
      "ProgramTooLarge",
      "The constants of the model take more than 2^28 terms to compute",
      {
        hint: "Export the model with its constants computed already",
      },
    )
  }

  /** The input whose step the function becomes part of. */
  #baseOf(inputs: readonly Value[], shape: readonly number[]): Value {
    const fusable = inputs.filter((value) => isFusable(value, shape))
    const reduction = fusable.find(({ state }) => (state as Pending).core.body !== Body.Read)
    const whole = inputs.find((value) => String(value.shape) === String(shape) && !isScalar(value))
    return (
      reduction ??
      fusable.find((value) => !isSimple(value.state as Pending)) ??
      fusable[0] ??
      whole ??
      inputs[0]
    )
  }

  #pendingOf(base: Value, shape: readonly number[]): Pending {
    if (isFusable(base, shape)) return base.state as Pending
    const core = { body: Body.Read, candidates: [this.reader(base, shape)] }
    return { core, type: base.type, instructions: [], loads: [] }
  }

  /** Makes another input available: its instructions if it can be fused, its value otherwise. */
  #join(
    value: Value,
    shape: readonly number[],
    e: Emitter,
    operands: number,
    load: (reader: Reader) => Register,
  ): Register {
    if (isScalar(value)) return e.constantBytes(value.type, this.bytesOf(value)!)
    const pending = value.state as Pending
    const fits =
      isFusable(value, shape) &&
      isSimple(pending) &&
      e.length + pending.instructions.length < FUSION_LIMITS.instructions &&
      operands + pending.loads.length < FUSION_LIMITS.operands
    if (!fits) return load(this.reader(value, shape))
    const { candidates } = pending.core as { candidates: readonly Reader[] }
    return e.append(load(candidates[0]), pending.instructions, (operand) => load(pending.loads[operand]))
  }
}

/** A value without elements. */
function emptyOf(type: ElementType, shape: readonly number[]): Stored {
  return { source: new Storage(type, new Uint8Array(0)), layout: { base: 0, axes: shape.map(() => []) } }
}

/** A constant of one element: part of the program instead of a tensor. */
function isScalar({ state, shape }: Value): boolean {
  return product(shape) === 1 && isStored(state) && state.source instanceof Storage
}

/** True when a value may become part of the step that reads it. */
function isFusable({ state, uses, shape, output }: Value, wanted: readonly number[]): boolean {
  if (isStored(state) || uses !== 1 || output !== undefined) return false
  if (state.loads.length >= FUSION_LIMITS.operands) return false
  if (state.instructions.length >= FUSION_LIMITS.instructions) return false
  return String(shape) === String(wanted)
}

/** A read of one candidate, which any other step can load. */
const isSimple = ({ core }: Pending): boolean => core.body === Body.Read && core.candidates.length === 1

/** True when two readers read the same elements at the same coordinates. */
function isSame(a: Reader, b: Reader): boolean {
  const written = ({ layout, guards }: Reader) => JSON.stringify([layout, guards])
  return a.source === b.source && a.lookups.length + b.lookups.length === 0 && written(a) === written(b)
}

function isConstant({ core, loads }: Pending): boolean {
  const sources: (Reader | LoopAccess)[] = [...loads]
  if (core.body === Body.Read) sources.push(...core.candidates)
  else sources.push(...core.operands)
  return sources.every(
    (one) =>
      one.source instanceof Storage &&
      one.lookups.every((lookup) => !("coordinate" in lookup) || lookup.coordinate.source instanceof Storage),
  )
}

function placed({ operands }: BoundStep, table: TensorTable): Step["operands"] {
  return operands.map(({ source, base, strides, guards, lookups }) => {
    const tensor = source instanceof Storage ? table.place(source) : source
    return { tensor, base, strides, guards, lookups }
  })
}

/** Leaves out loops of size 1: their index is always 0. */
function withoutSingles({ body, mode, domain, reduction, axes, operands }: LoopCore): LoopCore {
  // The last loop of a Rank is the rank, even if there is only one.
  const sizes = [...domain, ...reduction]
  if (body === Body.Rank) sizes[domain.length - 1] = Infinity
  const kept = (factors: readonly number[]) => factors.filter((_, loop) => sizes[loop] !== 1)
  const numbers = domain.map((_, loop) => kept(domain.slice(0, loop)).length)
  return {
    body,
    mode,
    domain: kept(domain),
    reduction: reduction.filter((size) => size !== 1),
    axes: axes.map((loops) => loops.filter((loop) => sizes[loop] !== 1).map((loop) => numbers[loop])),
    operands: operands.map((access) => ({
      ...access,
      strides: kept(access.strides),
      guards: access.guards.map((guard) => ({ ...guard, coefficients: kept(guard.coefficients) })),
    })),
  }
}

/** The common shape of values, as ONNX (and NumPy) broadcasts them. @throws OnusError `ShapeMismatch`. */
export function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)
    const size = sizes.find((one) => one !== 1) ?? 1
    if (sizes.every((one) => one === 1 || one === size)) return size
    const listed = shapes.map((shape) => `[${shape}]`).join(" and ")
    throw new OnusError("ShapeMismatch", `The shapes ${listed} do not broadcast`)
  })
}
