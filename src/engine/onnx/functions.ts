import { ATTRIBUTE_TYPES } from "./decode-attribute.ts"
import { decodeAttributes, decodeNode, standardDomain } from "./decode-node.ts"
import type { TensorDecoder } from "./decode-tensor.ts"
import { clip, malformed, quote, tooLarge } from "./errors.ts"
import { Names, Scope } from "./function-scope.ts"
import type { OnnxAttribute, OnnxNode } from "./graph.ts"
import type { OnnxLimits } from "./limits.ts"
import type { FunctionMessage, GraphMessage, ModelMessage, NodeMessage } from "./message.ts"
import { requireSameOpset } from "./opsets.ts"

/** Functions call functions at most this deep; exporters nest them as deep as a network's modules. */
const MAX_DEPTH = 64

/** A node as a function has it: its own attributes, and those that are attributes of the call. */
interface BodyNode {
  readonly node: OnnxNode
  readonly references: readonly { readonly name: string; readonly from: string; readonly type: number }[]
  readonly callee: FunctionMessage | undefined
}

interface Body {
  readonly nodes: readonly BodyNode[]
  readonly defaults: ReadonlyMap<string, OnnxAttribute>
}

/** Decodes the nodes of graphs and puts the nodes of functions in the place of their calls. */
export class Inliner {
  readonly #opset: number
  readonly #tensors: TensorDecoder
  readonly #limits: OnnxLimits
  readonly #functions = new Map<string, FunctionMessage>()
  readonly #bodies = new Map<FunctionMessage, Body>()
  readonly #nodes: OnnxNode[] = []
  #fields = 0

  /** @param opset version of the standard operator set, which has to be that of the functions too. */
  constructor({ functions }: ModelMessage, opset: number, tensors: TensorDecoder, limits: OnnxLimits) {
    this.#opset = opset
    this.#tensors = tensors
    this.#limits = limits
    for (const message of functions) {
      const key = keyOf(message.domain, message.name, message.overload)
      if (this.#functions.has(key)) throw malformed(`The function ${quote(message.name)} is given twice`)
      this.#functions.set(key, message)
    }
  }

  /**
   * The nodes of the graph. An optional input or an attribute that a call leaves out is left out wherever the
   * function uses it.
   *
   * @throws {OnusError} OnnxMalformed, OnnxTooLarge, OnnxOpsetUnsupported, and what decoding throws.
   */
  decode({ node, input, initializer }: GraphMessage): OnnxNode[] {
    const names = new Names([
      ...[...input, ...initializer].map((value) => value.name),
      ...node.flatMap((one) => one.output),
    ])
    for (const [index, message] of node.entries()) {
      this.#add(decodeNode(message, index, this.#tensors), this.#calleeOf(message), names, [])
    }
    return this.#nodes
  }

  /** `stack` holds the functions whose bodies the node is in. */
  #add(
    node: OnnxNode,
    callee: FunctionMessage | undefined,
    names: Names,
    stack: readonly FunctionMessage[],
  ): void {
    if (callee !== undefined) return this.#call(node, callee, names, stack)
    this.#nodes.push(node)
    if (this.#nodes.length <= this.#limits.nodes) return
    throw tooLarge(`The model has more than ${this.#limits.nodes} nodes once its functions are inlined`)
  }

  #call(call: OnnxNode, callee: FunctionMessage, names: Names, stack: readonly FunctionMessage[]): void {
    const place = `function ${quote(callee.name)}, called by node ${quote(call.name)},`
    if (stack.includes(callee)) throw malformed(`The ${place} calls itself`)
    if (stack.length === MAX_DEPTH) throw tooLarge(`The ${place} is called through ${MAX_DEPTH} others`)
    const { nodes, defaults } = this.#bodyOf(callee)
    this.#spend(callee.input.length + callee.output.length)
    const scope = new Scope(call, callee, names)
    const find = (attribute: string) => call.attributes.get(attribute) ?? defaults.get(attribute)
    for (const body of nodes) {
      const { inputs, outputs, attributes } = body.node
      this.#spend(1 + inputs.length + outputs.length + attributes.size + body.references.length)
      const name = `${clip(call.name)}/${clip(body.node.name)}`
      const node = {
        ...body.node,
        name,
        inputs: inputs.map((tensor) => scope.read(tensor)),
        outputs: outputs.map((tensor) => scope.write(tensor)),
        attributes: resolve(body, name, find),
      }
      this.#add(node, body.callee, names, [...stack, callee])
    }
    for (const [from, to] of scope.returned()) {
      const copy = { name: call.name, opType: "Identity", domain: "", attributes: new Map() }
      this.#add({ ...copy, inputs: [from], outputs: [to] }, undefined, names, stack)
    }
  }

  /** Decodes a function once, when it is called first. */
  #bodyOf(message: FunctionMessage): Body {
    const known = this.#bodies.get(message)
    if (known) return known
    const where = `function ${quote(message.name)}`
    requireSameOpset(message.opsetImport, this.#opset, where)
    const nodes = message.node.map((node, index) => {
      const [own, references] = [true, false].map((wanted) =>
        node.attribute.filter(({ refAttrName }) => (refAttrName === "") === wanted),
      )
      return {
        node: decodeNode(node, index, this.#tensors, ` of ${where}`, own),
        references: references.map(({ name, refAttrName, type }) => ({ name, from: refAttrName, type })),
        callee: this.#calleeOf(node),
      }
    })
    const body = { nodes, defaults: decodeAttributes(message.attributeProto, this.#tensors, where) }
    this.#bodies.set(message, body)
    return body
  }

  #calleeOf({ domain, opType, overload }: NodeMessage): FunctionMessage | undefined {
    return this.#functions.get(keyOf(domain, opType, overload))
  }

  /** Counts what inlining makes like what decoding makes, as functions of functions grow exponentially. */
  #spend(fields: number): void {
    this.#fields += fields
    if (this.#fields <= this.#limits.fields) return
    throw tooLarge(`The model has more than ${this.#limits.fields} fields once its functions are inlined`)
  }
}

const keyOf = (domain: string, name: string, overload: string): string =>
  JSON.stringify([standardDomain(domain), name, overload])

/** The attributes of a node at one call; those that the call does not have are left out. */
function resolve(
  { node, references }: BodyNode,
  where: string,
  find: (from: string) => OnnxAttribute | undefined,
): ReadonlyMap<string, OnnxAttribute> {
  if (references.length === 0) return node.attributes
  const attributes = new Map(node.attributes)
  for (const { name, from, type } of references) {
    const value = find(from)
    if (value === undefined) continue
    if (attributes.has(name) || (type !== 0 && type !== ATTRIBUTE_TYPES[value.type])) {
      throw malformed(
        `Attribute ${quote(name)} of node ${quote(where)} cannot be the ${value.type} ${quote(from)}`,
      )
    }
    attributes.set(name, value)
  }
  return attributes
}
