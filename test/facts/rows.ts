import type {
  BatchRow,
  BondRow,
  ConvictionRow,
  CreditRow,
  DisputeRow,
  ProviderRow,
  ReceiptRow,
  RevealRow,
  ServiceRow,
} from "../../src/facts/entities.ts"
import type { AsOf, ProviderFacts, ReceiptFacts, ServiceFacts } from "../../src/facts/source.ts"

const hash = (byte: string): string => `0x${byte.repeat(32)}`
export const address = (byte: string): string => `0x${byte.repeat(20)}`
const MOMENT = { block: 10, time: 1_000, transaction: hash("10") }

/** Disputes were stopped for 100 seconds. */
export const AS_OF: AsOf = {
  chainId: 31337,
  registry: address("aa"),
  block: 100,
  time: 10_000,
  clock: 9_900,
  finality: "latest",
  lagBlocks: 0,
  lagSeconds: 0,
  methodology: "1",
  origin: "chain",
}

export const bond = (fields: Partial<BondRow> = {}): BondRow => ({
  id: hash("b0"),
  provider: address("01"),
  model: hash("02"),
  amount: 20n,
  reserved: 20n,
  receipts: 1,
  receipt: null,
  home: null,
  until: 12_000,
  untilBlock: 90,
  escrow: 60,
  state: "locked",
  since: MOMENT,
  ...fields,
})

export const batch = (fields: Partial<BatchRow> = {}): BatchRow => ({
  id: hash("b0"),
  provider: address("01"),
  model: hash("02"),
  isDirect: false,
  root: hash("03"),
  count: 3,
  coverage: 30n,
  window: 3600,
  convicted: 0,
  since: MOMENT,
  ...fields,
})

export const receipt = (fields: Partial<ReceiptRow> = {}): ReceiptRow => ({
  id: hash("04"),
  provider: address("01"),
  model: hash("02"),
  requestId: null,
  consumer: null,
  inputCommitment: null,
  outputCommitment: null,
  traceCommitment: null,
  coverage: null,
  issuedAt: null,
  anchorBy: null,
  window: null,
  termsHash: null,
  batch: null,
  postedRoot: null,
  vouches: 0,
  isReExecuted: false,
  isConvicted: false,
  firstSeen: MOMENT,
  ...fields,
})

export const dispute = (fields: Partial<DisputeRow> = {}): DisputeRow => ({
  id: hash("04"),
  provider: address("01"),
  model: hash("02"),
  kind: "execution",
  state: "open",
  challenger: address("05"),
  asked: 1,
  answered: 0,
  due: 11_000,
  dueBlock: 120,
  oldest: null,
  newest: null,
  until: 13_000,
  untilBlock: 130,
  bonds: 1n,
  since: MOMENT,
  last: MOMENT,
  ...fields,
})

export const reveal = (fields: Partial<RevealRow> = {}): RevealRow => ({
  id: `${hash("04")}/1`,
  dispute: hash("04"),
  questionId: hash("06"),
  kind: "chunk",
  space: 2,
  height: 0,
  index: 0,
  challenger: address("05"),
  responder: null,
  bond: 1n,
  paidTo: null,
  next: null,
  due: 11_000,
  dueBlock: 120,
  askedAt: MOMENT,
  answeredAt: null,
  ...fields,
})

export const conviction = (fields: Partial<ConvictionRow> = {}): ConvictionRow => ({
  id: hash("07"),
  receipt: hash("04"),
  provider: address("01"),
  model: null,
  challenger: address("05"),
  fault: "execution",
  offence: hash("08"),
  lock: null,
  bond: 20n,
  punitive: 10n,
  isReturned: false,
  since: MOMENT,
  ...fields,
})

export const credit = (fields: Partial<CreditRow> = {}): CreditRow => ({
  id: `${hash("07")}/reward`,
  conviction: hash("07"),
  part: "reward",
  to: address("05"),
  amount: 6n,
  state: "escrow",
  maturesAt: 9_950,
  paidAt: null,
  ...fields,
})

export const receiptFacts = (fields: Partial<ReceiptFacts> = {}): ReceiptFacts => ({
  receipt: null,
  batch: null,
  bond: null,
  dispute: null,
  convictions: [],
  credits: [],
  refusals: [],
  ...fields,
})

const MASSES = { seasoned: 0n, exposure: 0n, lost: 0n, allowance: 0n, massesAt: 0 }
const SCORE = { isScored: true, score: 0.5, uncertainty: 0.5, lossRatio: 0 }

const row = (id: string): ProviderRow => ({
  id,
  uri: "",
  registeredAt: 1,
  active: 100n,
  locked: 0n,
  thawing: 0n,
  thawsAt: 0,
  frozen: 0n,
  frozenUntil: 0,
  frozenUntilBlock: 0,
  slashed: 0n,
  restituted: 0n,
  faults: 0,
  lastFaultAt: 0,
  previousFaultAt: 0,
  isExcluded: false,
  anchored: 10,
  released: 10,
  convicted: 0,
  reExecuted: 5,
  reExecutors: 1,
  disputesOpen: 0,
  disputesWon: 0,
  disputesLost: 0,
  answersGiven: 0,
  answersMissed: 0,
  feesBurned: 0n,
  agentId: null,
  ...MASSES,
  lastSeen: MOMENT,
})

export const provider = (id: string, fields: Partial<ProviderFacts> = {}): ProviderFacts => ({
  ...row(id),
  ...SCORE,
  status: "active",
  capacity: 25n,
  reExecutedShare: 0.5,
  ...fields,
})

export const service = (of: string, model: string, fields: Partial<ServiceFacts> = {}): ServiceFacts => {
  const counted: ServiceRow = {
    id: `${of}/${model}`,
    provider: of,
    model,
    anchored: 4,
    released: 4,
    convicted: 0,
    reExecuted: 1,
    ...MASSES,
    firstAt: 1,
    lastAt: 2,
  }
  return { ...counted, ...SCORE, ...fields }
}
