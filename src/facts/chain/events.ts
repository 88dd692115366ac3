/** The contracts whose events are facts, by the names that {@link ChainEvent} has for them. */
export type ContractName =
  "onus" | "providers" | "models" | "reputation" | "judge" | "omission" | "audits" | "callbacks" | "agents"

const RECEIPT =
  "(address provider, bytes32 modelId, bytes32 requestId, bytes32 inputCommitment, bytes32 outputCommitment, " +
  "bytes32 traceCommitment, address consumer, uint128 coverage, uint64 issuedAt, uint64 anchorBy, uint32 challengeWindow, bytes32 termsHash)"
const MASS =
  "(uint56 seasoned, uint56 exposure, uint56 slashed, uint40 updatedAt, uint40 allowance, uint8 cuts)"
const HEADER =
  "(uint32 semantics, uint32 method, uint32 stepCount, bytes32 programRoot, bytes32 weightsRoot, uint8 inputDepth, uint8 weightsDepth, uint8 traceDepth, uint8 outputDepth)"
const TENSOR = "(uint8 space, uint8 elementType, uint32 id, uint32 firstLeaf, uint32 length)"
const QUESTION = `(uint8 space, uint8 height, uint32 index, ${TENSOR} tensor)`

/** Every event that is projected, as its contract declares it; the others say nothing that is kept. */
export const EVENTS: Readonly<Record<ContractName, readonly string[]>> = {
  onus: [
    "TermsChanged((uint88 minStake, uint24 minWindowBlocks, uint16 escrow) terms)",
    "AnchorsPausedFor(uint256 from, uint256 until)",
    "DisputesStoppedFor(uint256 from, uint256 duration)",
    "StakeDeposited(address indexed provider, uint256 amount)",
    "ThawStarted(address indexed provider, uint256 amount, uint64 maturesAt)",
    "StakeWithdrawn(address indexed provider, uint256 amount)",
    "StakeFrozen(address indexed provider, uint256 amount, uint40 until)",
    "BatchAnchored(bytes32 indexed batchId, address indexed provider, bytes32 indexed modelId, bytes32 root, uint32 count, uint128 coverage, uint32 window)",
    `ReceiptAttested(bytes32 indexed receiptId, address indexed provider, address indexed consumer, ${RECEIPT} receipt)`,
    "ReceiptDetained(bytes32 indexed lockId, bytes32 indexed receiptId, uint256 bond, uint256 until)",
    "BondTaken(bytes32 indexed lockId, uint256 bond)",
    "BondReleased(bytes32 indexed lockId, address indexed provider, uint256 bond)",
    "Convicted(bytes32 indexed receiptId, address indexed provider, address indexed challenger, uint8 fault, bytes32 offenceId, bytes32 payoutId, uint256 bond, uint256 punitive, uint256 restitution, uint256 reward)",
    "RewardMoved(bytes32 indexed receiptId, bytes32 indexed offenceId, address from, address indexed to)",
    "PayoutClaimed(bytes32 indexed payoutId, address indexed to, uint256 amount)",
    "PayoutBurned(bytes32 indexed payoutId, uint256 amount)",
    "PayoutReturned(bytes32 indexed payoutId, address indexed provider, uint256 amount)",
  ],
  providers: [
    "ProviderRegistered(address indexed provider, string uri)",
    "ProviderUriChanged(address indexed provider, string uri)",
    "KeyAdded(address indexed provider, address indexed key, uint64 from, uint64 until, uint8 roles)",
    "KeyRevoked(address indexed provider, address indexed key, uint64 until)",
  ],
  models: [
    `ModelRegistered(bytes32 indexed modelId, address indexed registrant, ${HEADER} header, string uri)`,
  ],
  reputation: [
    `ReputationUpdated(address indexed provider, bytes32 indexed modelId, ${MASS} providerMass, ${MASS} modelMass)`,
    "FeeBurned(address indexed provider, bytes32 indexed modelId, address indexed payer, uint256 amount, uint256 allowance, uint256 modelAllowance)",
  ],
  judge: [
    `Demanded(bytes32 indexed receiptId, bytes32 indexed questionId, address indexed challenger, ${QUESTION} question, uint64 due, uint64 dueBlock, uint128 bond)`,
    "Preceded(bytes32 indexed receiptId, bytes32 indexed questionId, address indexed challenger, uint64 since)",
    "TraceRootPosted(bytes32 indexed receiptId, bytes32 root)",
    "NodeAnswered(bytes32 indexed receiptId, bytes32 indexed questionId, address responder, bytes32[] descendants)",
    "ChunkAnswered(bytes32 indexed receiptId, bytes32 indexed questionId, address responder, bytes data)",
    `LeafAnswered(bytes32 indexed receiptId, bytes32 indexed questionId, address responder, ${TENSOR} tensor)`,
    "Settled(bytes32 indexed receiptId, bytes32 indexed questionId, address indexed to, uint256 bond)",
    "Advanced(bytes32 indexed receiptId, bytes32 indexed proofId, address indexed challenger, uint64 terms)",
  ],
  omission: [
    `Claimed(bytes32 indexed receiptId, address indexed provider, address indexed claimant, uint40 due, uint64 dueBlock, uint256 bond, ${RECEIPT} receipt)`,
    "Answered(bytes32 indexed receiptId)",
    "Settled(bytes32 indexed receiptId, address indexed to, uint256 bond)",
  ],
  audits: [
    "AuditsFunded(uint256 indexed fund, bytes32 indexed lockId, address indexed funder, uint256 audits, uint256 fee, uint256 drawBlock)",
    "AuditsDrawn(uint256 indexed fund, bytes32 seed, uint256 turn)",
    "Vouched(uint256 indexed fund, bytes32 indexed receiptId, address indexed auditor, uint256 seat)",
    "Refuted(uint256 indexed fund, bytes32 indexed receiptId)",
    "AuditSettled(uint256 indexed fund, bytes32 indexed receiptId, address indexed to, uint256 fee)",
    "AuditsRefunded(uint256 indexed fund, address indexed funder, uint256 amount)",
  ],
  callbacks: [
    "CallbackDelivered(bytes32 indexed receiptId, uint8 indexed kind, address indexed recipient)",
    "CallbackFailed(bytes32 indexed receiptId, uint8 indexed kind, address indexed recipient)",
    "CallbackSkipped(bytes32 indexed receiptId, uint8 indexed kind, address indexed recipient, bytes4 reason)",
  ],
  agents: [
    "AgentLinked(address indexed provider, uint256 indexed agentId, address indexed owner)",
    "AgentUnlinked(address indexed provider, uint256 indexed agentId)",
  ],
}
