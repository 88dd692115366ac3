import { useCallback, useEffect, useRef, useState } from "react"
import { OnusError } from "../../../src/protocol/errors.ts"
import { useSource } from "../site/context.tsx"
import type { Site } from "../site/site.ts"
import { apart } from "./apart.ts"
import type { Check, Examined, Extra } from "./examined.ts"
import { fetchModel } from "./model-file.ts"
import { askChain } from "./on-chain.ts"

/** Largest file that is read, in bytes. */
const LARGEST = 256 * 2 ** 20

/** What was found in an answer's file, and what the chain says to that. */
export interface Evidence {
  readonly examined: Examined
  /** All of them, in the order in which one would ask. */
  readonly checks: readonly Check[]
  /** Whether neither a signature nor a place on the chain shows that the provider has said it. */
  readonly isDisowned: boolean
  /** Whose file it is. */
  readonly origin: "site" | "yours"
  /** The files themselves. */
  readonly text: string
  readonly model: Uint8Array | undefined
}

export interface EvidenceState {
  readonly evidence: Evidence | undefined
  readonly problem: unknown
  readonly isBusy: boolean
  /** Examines files that the user gives: an answer, its model, a tensor. */
  readonly give: (files: readonly File[]) => void
}

interface Given {
  readonly text: string | undefined
  readonly model: Uint8Array | undefined
  readonly extras: readonly Extra[]
  readonly origin: Evidence["origin"]
}

/** The evidence about a receipt: that which the site keeps, until the user gives another. */
export function useEvidence(id: string): EvidenceState {
  const { site, chain } = useSource()
  const [given, setGiven] = useState<Given>()
  const [evidence, setEvidence] = useState<Evidence>()
  const [problem, setProblem] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)

  useEffect(() => {
    let isOver = false
    void fetchText(site.evidence, `${id}.json`).then(
      (text) =>
        text !== undefined &&
        !isOver &&
        setGiven((before) => (before?.text === undefined ? { ...(before ?? NOTHING), text } : before)),
    )
    return () => {
      isOver = true
    }
  }, [site, id])

  useEffect(() => {
    if (given?.text === undefined || !chain) return
    let isOver = false
    setBusy(true)
    setProblem(undefined)
    const examineGiven = async () => {
      const { text = "", extras, origin } = given
      const model = given.model ?? (await modelNamedIn(site, text))
      const examined = await apart("examine", { text, model, extras })
      const { checks, collateral } = await askChain(chain.client, examined)
      const [signature, inBatch, ...rest] = examined.checks
      const isDirect = !examined.inclusion && collateral !== undefined && collateral.assurance !== "signed"
      const place = isDirect ? BY_ITSELF : inBatch
      const [key, behind] = checks
      return {
        examined,
        isDisowned: behind.outcome !== "holds" && [signature, key].some(({ outcome }) => outcome === "fails"),
        origin,
        text,
        model,
        checks: [identity(examined, id), signature, key, place, behind, ...rest],
      }
    }
    examineGiven()
      .then(
        (found) => isOver || setEvidence(found),
        (error: unknown) => {
          if (isOver) return
          setEvidence(undefined)
          setProblem(error)
        },
      )
      .finally(() => isOver || setBusy(false))
    return () => {
      isOver = true
    }
  }, [given, chain, site, id])

  const latest = useRef(0)
  const give = useCallback((files: readonly File[]) => {
    const number = ++latest.current
    const isLate = () => number !== latest.current
    read(files).then(
      // Files that were given later may have been read sooner.
      (read) => isLate() || setGiven((before) => ({ ...(before ?? NOTHING), ...read })),
      (error: unknown) => {
        if (isLate()) return
        setEvidence(undefined)
        setProblem(error)
      },
    )
  }, [])
  return { evidence, problem, isBusy, give }
}

const BY_ITSELF: Check = {
  name: "Place",
  outcome: "holds",
  sentence: "It was put on the chain by itself, in no batch.",
}

const NOTHING: Given = { text: undefined, model: undefined, extras: [], origin: "site" }

function identity({ receiptId }: Examined, id: string): Check {
  const name = "The receipt of this page"
  return receiptId === id
    ? { name, outcome: "holds", sentence: "Its fields hash to exactly this id." }
    : { name, outcome: "fails", sentence: `The file is about receipt ${receiptId}, another one.` }
}

async function read(files: readonly File[]): Promise<Partial<Given>> {
  const found: { text?: string; origin?: "yours"; model?: Uint8Array; extras: Extra[] } = { extras: [] }
  for (const file of files) {
    if (file.size > LARGEST)
      throw new OnusError("FileTooLarge", `${file.name} has ${file.size} bytes; ${LARGEST} are read at most`)
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (/\.json$/i.test(file.name))
      Object.assign(found, { text: new TextDecoder().decode(bytes), origin: "yours" })
    else if (/\.onnx$/i.test(file.name)) found.model = bytes
    else found.extras.push({ name: file.name, bytes })
  }
  return found
}

async function fetchText(folder: string | undefined, name: string): Promise<string | undefined> {
  if (folder === undefined) return undefined
  const response = await fetch(folder + name).catch(() => undefined)
  return response?.ok ? response.text() : undefined
}

/** The model that a receipt names, if the site keeps it. */
async function modelNamedIn(site: Site, text: string): Promise<Uint8Array | undefined> {
  const [, id] = /"modelId"\s*:\s*"(0x[0-9a-fA-F]{64})"/.exec(text) ?? []
  return id === undefined ? undefined : fetchModel(site, id)
}
