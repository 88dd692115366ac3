// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inclusion} from "../types/Batch.sol";
import {ModelHeader, Space, Tensor} from "../types/Program.sol";
import {Question} from "../types/Question.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title IDisclosure
/// @notice Makes a provider that hides its trace show it, or be convicted for not doing so.
/// @dev
/// ```
/// demand   a challenger asks for what is below a node of the trace or of the output, and leaves a bond
/// answer   anyone who knows it shows it, once; the challenger goes on below the leftmost node that differs from
///          its own run, until it has the chunk that is wrong and proves the element; or the leaf behind the last
///          tensor that is not absent, which no answer explains
/// settle   the bond goes back if the receipt was convicted, else to the provider
/// ```
/// The provider's clock is one per receipt: while anything is unanswered it runs, and a demand is due when its
/// budget is used up, but not before a minimum of time and blocks, so that many demands cannot exhaust an
/// honest provider. A demand detains the receipt: its bond stays until the challenger could act on the answer.
/// Demands are taken while the receipt's window is open and for the time of a game after it, extended by what the
/// provider let challengers wait: whoever opens the game early takes nothing away from others.
interface IDisclosure {
    /// @notice How long the parts of a game take, in seconds but for the last one, in blocks.
    struct Clocks {
        /// What a provider may let challengers of one receipt wait altogether.
        uint32 budget;
        /// What it has for an answer at least.
        uint32 response;
        /// What a challenger has for its next move.
        uint32 turn;
        /// After the receipt's own window until no demand is taken any more.
        uint32 game;
        /// Blocks that are made between a demand and its end at least: an outage of the chain is nobody's fault.
        uint32 responseBlocks;
    }

    /// @notice What was asked and what became of it.
    struct Demand {
        address challenger;
        uint64 since;
        uint64 due;
        uint64 dueBlock;
        /// Wei; zero once settled.
        uint128 bond;
        /// Who answered; zero if nobody has.
        address responder;
        /// Who knew to ask before the challenger did, and since when; zero if nobody has shown that.
        uint64 precededSince;
        address predecessor;
    }

    /// @notice The game about one receipt. One storage slot; times are seconds on the registry's clock.
    struct Game {
        /// Seconds that the provider has used of its budget, but for those since `waitingSince`.
        uint48 spent;
        uint48 waitingSince;
        /// Until when some challenger can move.
        uint48 openUntil;
        /// Unanswered demands.
        uint32 pending;
    }

    error ModelMismatch(bytes32 receipt, bytes32 header);
    /// @dev The trace root is not the one that the receipt commits to, or that was posted for it.
    error TraceMismatch(bytes32 receipt, bytes32 root);
    /// @dev Only trace and output are known to the provider alone.
    error SpaceNotDemandable(Space space);
    error NodeOutOfRange(uint256 height, uint256 index, uint256 depth);
    error ChunkOutOfRange(uint256 chunk, uint256 count);
    error AlreadyDemanded(bytes32 questionId);
    error BondTooLow(uint256 sent, uint256 price);
    error GameOver(ReceiptId receiptId, uint256 until);
    error NotDemanded(bytes32 questionId);
    error AlreadyAnswered(bytes32 questionId, address responder);
    error AnswerTooLate(bytes32 questionId, uint64 due, uint64 dueBlock);
    /// @dev A digest is no answer to who asks for what was hashed.
    error ChunkDemanded(bytes32 questionId);
    /// @dev The digest of a leaf says nothing about it, unless it is `sha256(0x02)`: then nothing is there.
    error LeafNotAbsent(uint32 leaf, bytes32 digest);
    /// @dev A tensor explains a leaf, and no node above it.
    error LeafNotDemanded(bytes32 questionId);
    /// @dev The leaf that was asked for is none of the tensor's chunks.
    error LeafOutOfTensor(uint32 leaf, Tensor tensor);
    error AnswerLengthInvalid(uint256 length, uint256 expected);
    /// @dev Only the provider or a key of it can say for the first time what the trace root of a receipt is.
    error TraceRootUnknown(ReceiptId receiptId, address sender);
    error NothingToSettle(bytes32 questionId);
    error GameOpen(ReceiptId receiptId);

    event Demanded(
        ReceiptId indexed receiptId,
        bytes32 indexed questionId,
        address indexed challenger,
        Question question,
        uint64 due,
        uint64 dueBlock,
        uint128 bond
    );
    event Preceded(
        ReceiptId indexed receiptId,
        bytes32 indexed questionId,
        address indexed challenger,
        uint64 since
    );
    event TraceRootPosted(ReceiptId indexed receiptId, bytes32 root);
    event NodeAnswered(
        ReceiptId indexed receiptId,
        bytes32 indexed questionId,
        address responder,
        bytes32[] descendants
    );
    event ChunkAnswered(
        ReceiptId indexed receiptId,
        bytes32 indexed questionId,
        address responder,
        bytes data
    );
    event LeafAnswered(
        ReceiptId indexed receiptId,
        bytes32 indexed questionId,
        address responder,
        Tensor tensor
    );
    event Settled(ReceiptId indexed receiptId, bytes32 indexed questionId, address indexed to, uint256 bond);

    /// @notice Asks for the descendants of a node: those 9 levels below it, or the digests of the leaves; or what a
    /// leaf is there for: it must be absent, or a chunk of a tensor that some step makes.
    /// @param height Levels above the leaves; 0 for a leaf.
    /// @param salt Of a commitment `commitmentTo(receiptId, sender, abi.encode(questionId, salt))`: the demand
    /// counts from then on, so that nobody gains by copying it; see `precede`. Any number for none.
    /// Reverts for: `ModelMismatch`, `SpaceNotDemandable`, `NodeOutOfRange`, `AlreadyDemanded`, `BondTooLow`,
    /// `GameOver`, and what `IReceipts.detain` reverts for. Emits: `Demanded`.
    function demandNode(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ModelHeader calldata header,
        Space space,
        uint8 height,
        uint32 index,
        bytes32 salt
    ) external payable;

    /// @notice Asks for a chunk of the tensor that a step makes.
    /// Reverts for: as `demandNode`, `ChunkOutOfRange`, and what `IReferee.outputOf` reverts for.
    function demandChunk(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ModelHeader calldata header,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath,
        uint32 chunk,
        bytes32 salt
    ) external payable;

    /// @notice Shows the descendants of a node, and the path from it to the root; of a leaf, that it is absent.
    /// @param traceRoot Before it is bound to the request. A receipt without a trace commitment gets its root here.
    /// Reverts for: `ModelMismatch`, `TraceMismatch`, `TraceRootUnknown`, `NotDemanded`, `AlreadyAnswered`,
    /// `AnswerTooLate`, `ChunkDemanded`, `AnswerLengthInvalid`, `LeafNotAbsent`, `TensorTree.PathInvalid`.
    /// Emits: `NodeAnswered`, `TraceRootPosted`.
    function answerNode(
        Receipt calldata receipt,
        ModelHeader calldata header,
        bytes32 traceRoot,
        Question calldata question,
        bytes32[] calldata descendants,
        bytes32[] calldata path
    ) external;

    /// @notice Shows a chunk. Reverts for: as `answerNode`, and what `TensorTree.verifyChunk` reverts for.
    function answerChunk(
        Receipt calldata receipt,
        ModelHeader calldata header,
        bytes32 traceRoot,
        Question calldata question,
        bytes calldata data,
        bytes32[] calldata path
    ) external;

    /// @notice Shows that a leaf belongs to the tensor that a step of the model makes: whoever wants its bytes demands the
    /// chunk. It says nothing about the trace, so no root is needed.
    /// Reverts for: `ModelMismatch`, `NotDemanded`, `AlreadyAnswered`, `AnswerTooLate`, `ChunkDemanded`, `LeafNotDemanded`,
    /// `LeafOutOfTensor`, and what `IReferee.outputOf` reverts for. Emits: `LeafAnswered`.
    function answerLeaf(
        Receipt calldata receipt,
        ModelHeader calldata header,
        Question calldata question,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath
    ) external;

    /// @notice Shows a commitment to a question that somebody else has asked since: who copied a demand leaves the
    /// bond, and who committed to it comes first when a conviction follows from it.
    /// Reverts for: `NotDemanded`, `AlreadyDemanded` if the sender did not commit to it earlier, or too long ago.
    /// Emits: `Preceded`.
    function precede(ReceiptId receiptId, bytes32 questionId, bytes32 salt) external;

    /// @notice Pays the bond of a demand when a fault was proven about its request or cannot be any more: back in
    /// the first case and if nobody answered, else to the provider, whoever answered. Anyone may call.
    /// Reverts for: `NothingToSettle`, `GameOpen`. Emits: `Settled`.
    function settle(Receipt calldata receipt, Inclusion calldata inclusion, bytes32 questionId) external;

    /// @notice `keccak256(abi.encode(question))`.
    function questionIdOf(Question calldata question) external pure returns (bytes32);

    function demandOf(ReceiptId receiptId, bytes32 questionId) external view returns (Demand memory);

    function gameOf(ReceiptId receiptId) external view returns (Game memory);

    /// @notice The root that was posted for a receipt without a trace commitment; zero if none was.
    function postedTraceRoot(ReceiptId receiptId) external view returns (bytes32);

    /// @notice Wei that a demand costs at least in this block: several times what an answer costs.
    function answerPrice() external view returns (uint256);

    function clocks() external view returns (Clocks memory);
}
