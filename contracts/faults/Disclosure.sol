// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IDisclosure} from "../interfaces/IDisclosure.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {ModelLib} from "../libraries/ModelLib.sol";
import {Place} from "../libraries/Place.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {TensorTree} from "../libraries/TensorTree.sol";
import {Batch, Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {ModelHeader, Space, Tensor} from "../types/Program.sol";
import {Question} from "../types/Question.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Role} from "../types/Role.sol";
import {Bound} from "../libraries/Bound.sol";
import {Commitments} from "./Commitments.sol";

/// @title Disclosure
/// @notice The game when the provider hides its trace. It holds the bonds of demands, in wei, and nothing else.
abstract contract Disclosure is IDisclosure, Commitments, Bound {
    using ReceiptLib for Receipt;

    bytes32 private constant TRACE_DOMAIN = keccak256("onus.trace.v1");
    /// @dev An answer shows so many levels at once: 512 digests are 16 KB.
    uint256 private constant LEVELS = 9;
    /// @dev What an answer costs, but by a descriptor that fills a transaction (a third more), and how much dearer gas
    /// may get until it is sent.
    uint256 private constant ANSWER_GAS = 1_000_000;
    uint256 private constant PRICE_RISE = 4;

    IReferee internal immutable _referee;
    uint256 private immutable _gasPriceFloor;
    uint256 private immutable _budget;
    uint256 private immutable _response;
    uint256 private immutable _turn;
    uint256 private immutable _game;
    uint256 private immutable _responseBlocks;

    mapping(ReceiptId receiptId => Game) private _games;
    mapping(ReceiptId receiptId => bytes32) private _traceRoots;
    mapping(ReceiptId receiptId => mapping(bytes32 questionId => Demand)) private _demands;

    constructor(IReferee referee, Clocks memory c, uint256 gasPriceFloor) {
        _referee = referee;
        _gasPriceFloor = gasPriceFloor;
        (_budget, _response, _turn, _game) = (c.budget, c.response, c.turn, c.game);
        _responseBlocks = c.responseBlocks;
    }

    /// @inheritdoc IDisclosure
    function demandNode(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ModelHeader calldata header,
        Space space,
        uint8 height,
        uint32 index,
        bytes32 salt
    ) external payable {
        _requireModel(receipt, header);
        uint256 depth = _depthOf(header, space);
        if (height > depth || index >> (depth - height) != 0) revert NodeOutOfRange(height, index, depth);
        Question memory question;
        (question.space, question.height, question.index) = (space, height, index);
        _demand(receipt, inclusion, question, salt);
    }

    /// @inheritdoc IDisclosure
    function demandChunk(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ModelHeader calldata header,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath,
        uint32 chunk,
        bytes32 salt
    ) external payable {
        _requireModel(receipt, header);
        Tensor memory tensor = _referee.outputOf(header, stepIndex, step, stepPath);
        _depthOf(header, tensor.space);
        uint256 count = TensorTree.chunkCount(tensor);
        if (chunk >= count) revert ChunkOutOfRange(chunk, count);
        Question memory question = Question(tensor.space, 0, tensor.firstLeaf + chunk, tensor);
        _demand(receipt, inclusion, question, salt);
    }

    /// @inheritdoc IDisclosure
    function answerNode(
        Receipt calldata receipt,
        ModelHeader calldata header,
        bytes32 traceRoot,
        Question calldata question,
        bytes32[] calldata descendants,
        bytes32[] calldata path
    ) external {
        (ReceiptId id, bytes32 asked) = _answer(receipt, header, question);
        if (question.tensor.length != 0) revert ChunkDemanded(asked);
        uint256 count = 1 << Math.min(question.height, LEVELS);
        if (descendants.length != count) revert AnswerLengthInvalid(descendants.length, count);
        // What there is at a leaf, its digest does not say; only that nothing is there.
        if (question.height == 0 && descendants[0] != TensorTree.ABSENT)
            revert LeafNotAbsent(question.index, descendants[0]);
        TensorTree.verifyNode(
            _rootOf(receipt, id, question.space, traceRoot),
            _depthOf(header, question.space),
            question.height,
            question.index,
            TensorTree.fold(descendants),
            path
        );
        emit NodeAnswered(id, asked, msg.sender, descendants);
    }

    /// @inheritdoc IDisclosure
    function answerChunk(
        Receipt calldata receipt,
        ModelHeader calldata header,
        bytes32 traceRoot,
        Question calldata question,
        bytes calldata data,
        bytes32[] calldata path
    ) external {
        (ReceiptId id, bytes32 asked) = _answer(receipt, header, question);
        TensorTree.verifyChunk(
            _rootOf(receipt, id, question.space, traceRoot),
            _depthOf(header, question.space),
            question.tensor,
            question.index - question.tensor.firstLeaf,
            data,
            path
        );
        emit ChunkAnswered(id, asked, msg.sender, data);
    }

    /// @inheritdoc IDisclosure
    function answerLeaf(
        Receipt calldata receipt,
        ModelHeader calldata header,
        Question calldata question,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath
    ) external {
        (ReceiptId id, bytes32 asked) = _answer(receipt, header, question);
        if (question.tensor.length != 0) revert ChunkDemanded(asked);
        if (question.height != 0) revert LeafNotDemanded(asked);
        Tensor memory tensor = _referee.outputOf(header, stepIndex, step, stepPath);
        uint256 end = tensor.firstLeaf + TensorTree.chunkCount(tensor);
        if (tensor.space != question.space || question.index < tensor.firstLeaf || question.index >= end)
            revert LeafOutOfTensor(question.index, tensor);
        emit LeafAnswered(id, asked, msg.sender, tensor);
    }

    /// @inheritdoc IDisclosure
    function precede(ReceiptId id, bytes32 asked, bytes32 salt) external {
        Demand storage demand = _demands[id][asked];
        if (demand.challenger == address(0)) revert NotDemanded(asked);
        uint64 earliest = demand.predecessor == address(0) ? demand.since : demand.precededSince;
        uint64 since = _askingSince(id, asked, salt);
        if (since >= earliest) revert AlreadyDemanded(asked);
        (demand.predecessor, demand.precededSince) = (msg.sender, since);
        emit Preceded(id, asked, msg.sender, since);
    }

    /// @inheritdoc IDisclosure
    function settle(Receipt calldata receipt, Inclusion calldata inclusion, bytes32 asked) external {
        ReceiptId id = _registry().receiptIdOf(receipt);
        Demand storage demand = _demands[id][asked];
        uint256 bond = demand.bond;
        if (bond == 0) revert NothingToSettle(asked);
        // Of whatever fault: it ends the game, which is not the challenger's doing.
        bool convicted = _registry().faultsOf(receipt.requestKey()) != 0;
        (, , , bool open) = _registry().locate(receipt, inclusion);
        // The receipt may be anchored more than once: then one of its places is over before the game is.
        if (!convicted && (open || _clock() <= _games[id].openUntil)) revert GameOpen(id);
        // Who asked was right, or was never answered.
        bool refunded = convicted || demand.responder == address(0);
        // Not to who answered: it might have copied the provider's answer.
        address to = refunded ? demand.challenger : receipt.provider;
        demand.bond = 0;
        emit Settled(id, asked, to, bond);
        Address.sendValue(payable(to), bond);
    }

    /// @inheritdoc IDisclosure
    function questionIdOf(Question memory question) public pure returns (bytes32) {
        return keccak256(abi.encode(question));
    }

    /// @inheritdoc IDisclosure
    function demandOf(ReceiptId receiptId, bytes32 asked) external view returns (Demand memory) {
        return _demands[receiptId][asked];
    }

    /// @inheritdoc IDisclosure
    function gameOf(ReceiptId receiptId) external view returns (Game memory) {
        return _games[receiptId];
    }

    /// @inheritdoc IDisclosure
    function postedTraceRoot(ReceiptId receiptId) external view returns (bytes32) {
        return _traceRoots[receiptId];
    }

    /// @inheritdoc IDisclosure
    function answerPrice() public view returns (uint256) {
        return ANSWER_GAS * Math.max(_gasPriceFloor, PRICE_RISE * block.basefee);
    }

    /// @inheritdoc IDisclosure
    function clocks() external view returns (Clocks memory) {
        return
            Clocks(uint32(_budget), uint32(_response), uint32(_turn), uint32(_game), uint32(_responseBlocks));
    }

    /// @dev The last demand is taken when the game is over and the budget used; then it may be due a budget, or at
    /// least a response, later, and the challenger has a turn. All of that after the receipt's window.
    function _longestGame() internal view returns (uint256) {
        return _game + _budget + Math.max(_budget, _response) + _turn;
    }

    /// @dev Whether a demand was made and not answered in time.
    function _isWithheld(ReceiptId receiptId, bytes32 asked) internal view returns (bool) {
        Demand storage demand = _demands[receiptId][asked];
        if (demand.challenger == address(0)) revert NotDemanded(asked);
        return demand.responder == address(0) && _isOverdue(demand);
    }

    /// @dev Since when a challenger has asked for what turned out to be a lie or was withheld; the end of time if
    /// it was not the one to ask, or if its turn is over: a provider that asks for its own lies early would
    /// otherwise take every reward back, as with commitments that last.
    function _askedSince(
        ReceiptId receiptId,
        bytes32 asked,
        address challenger
    ) internal view returns (uint64) {
        Demand storage demand = _demands[receiptId][asked];
        if (_clock() > demand.due + _turn) return type(uint64).max;
        if (demand.predecessor == challenger) return demand.precededSince;
        return demand.challenger == challenger ? demand.since : type(uint64).max;
    }

    function _registry() internal view returns (IOnus) {
        return IOnus(_boundTo());
    }

    /// @dev Seconds on the clock that stands still while disputes are stopped.
    function _clock() private view returns (uint256) {
        return _registry().clock();
    }

    function _requireModel(Receipt calldata receipt, ModelHeader calldata header) internal pure {
        ModelId modelId = ModelLib.id(header);
        if (ModelId.unwrap(modelId) != ModelId.unwrap(receipt.modelId))
            revert ModelMismatch(ModelId.unwrap(receipt.modelId), ModelId.unwrap(modelId));
    }

    /// @dev Reverts unless `root` is what the receipt, or its provider later, committed to as trace.
    function _requireTraceRoot(Receipt calldata receipt, ReceiptId id, bytes32 root) internal view {
        if (receipt.traceCommitment == 0) {
            if (_traceRoots[id] != root || root == 0) revert TraceMismatch(_traceRoots[id], root);
            return;
        }
        bytes32 context = receipt.traceContext(address(_registry()));
        if (keccak256(abi.encode(TRACE_DOMAIN, context, root)) != receipt.traceCommitment)
            revert TraceMismatch(receipt.traceCommitment, root);
    }

    function _demand(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        Question memory question,
        bytes32 salt
    ) private {
        ReceiptId id = _registry().receiptIdOf(receipt);
        bytes32 asked = questionIdOf(question);
        Demand storage demand = _leaveBond(id, asked);
        demand.since = _askingSince(id, asked, salt);
        (demand.due, demand.dueBlock) = _startClock(receipt, inclusion, id);
        emit Demanded(id, asked, msg.sender, question, demand.due, demand.dueBlock, demand.bond);
    }

    /// @dev Takes the bond of an upload: as of a demand that the provider has answered.
    function _openUpload(Receipt calldata receipt, ReceiptId id, bytes32 proofId) internal {
        _leaveBond(id, proofId).responder = receipt.provider;
    }

    function _leaveBond(ReceiptId id, bytes32 asked) private returns (Demand storage demand) {
        demand = _demands[id][asked];
        if (demand.challenger != address(0)) revert AlreadyDemanded(asked);
        if (msg.value < answerPrice()) revert BondTooLow(msg.value, answerPrice());
        demand.challenger = msg.sender;
        demand.bond = uint128(msg.value); // more wei than there are need 128 bits
    }

    /// @dev Until when the receipt could be challenged if nobody had asked for anything: the record that it was anchored
    /// with keeps it.
    function _windowEnd(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ReceiptId id
    ) private view returns (uint256) {
        Batch calldata batch = inclusion.batch;
        bool alone = batch.count == 0;
        Lock memory lock = _registry().lockOf(Place.homeOf(_registry(), id, inclusion));
        return uint256(lock.since) - lock.stopped + (alone ? receipt.challengeWindow : batch.window);
    }

    /// @dev Has the provider's clock run, and keeps the receipt open for what follows; returns when a demand is due
    /// that is made now.
    function _startClock(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ReceiptId id
    ) private returns (uint64 due, uint64 dueBlock) {
        Game storage game = _games[id];
        if (game.pending++ == 0) game.waitingSince = uint48(_clock());
        due = uint64(_clock() + Math.max(Math.saturatingSub(_budget, _spent(game)), _response));
        dueBlock = uint64(block.number + _responseBlocks);
        uint256 end = _endOf(receipt, inclusion, id);
        _prolong(receipt, inclusion, id, due, dueBlock);
        // Afterwards, because who asks about a receipt that is not there should be told so.
        if (_clock() > end) revert GameOver(id, end);
    }

    /// @dev Keeps the receipt open for the next part of an upload. When the game is over, what is left of the last turn
    /// is for the rest; when the receipt was convicted, who knew before may still finish, to take the reward over.
    function _prolongUpload(Receipt calldata receipt, Inclusion calldata inclusion, ReceiptId id) internal {
        (, , , bool open) = _registry().locate(receipt, inclusion);
        uint256 end = _endOf(receipt, inclusion, id);
        if (!open) revert GameOver(id, end);
        bool convicted = _registry().payout(ReceiptId.unwrap(id)).challenger != address(0);
        if (_clock() <= end && !convicted) _prolong(receipt, inclusion, id, _clock(), block.number);
    }

    /// @dev Keeps the receipt open for a turn after `from`, and for as many blocks after `fromBlock` as an answer has.
    function _prolong(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ReceiptId id,
        uint256 from,
        uint256 fromBlock
    ) private {
        Game storage game = _games[id];
        game.openUntil = uint48(Math.max(game.openUntil, from + _turn));
        _registry().detain(receipt, inclusion, from + _turn, fromBlock + _responseBlocks);
    }

    /// @dev Until when the game goes on.
    function _endOf(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ReceiptId id
    ) private view returns (uint256) {
        return _windowEnd(receipt, inclusion, id) + _game + Math.min(_spent(_games[id]), _budget);
    }

    /// @dev What the provider has used of its budget.
    function _spent(Game storage game) private view returns (uint256) {
        return game.spent + (game.pending == 0 ? 0 : _clock() - game.waitingSince);
    }

    /// @dev Since when the sender has known what to ask for.
    function _askingSince(ReceiptId id, bytes32 asked, bytes32 salt) private view returns (uint64) {
        return _knownSince(id, msg.sender, abi.encode(asked, salt));
    }

    /// @dev Takes the answer to a demand, which is verified afterwards.
    function _answer(
        Receipt calldata receipt,
        ModelHeader calldata header,
        Question calldata question
    ) private returns (ReceiptId id, bytes32 asked) {
        _requireModel(receipt, header);
        id = _registry().receiptIdOf(receipt);
        asked = questionIdOf(question);
        Demand storage demand = _demands[id][asked];
        if (demand.challenger == address(0)) revert NotDemanded(asked);
        if (demand.responder != address(0)) revert AlreadyAnswered(asked, demand.responder);
        if (_isOverdue(demand)) revert AnswerTooLate(asked, demand.due, demand.dueBlock);
        demand.responder = msg.sender;
        Game storage game = _games[id];
        if (--game.pending == 0) game.spent += uint48(_clock()) - game.waitingSince;
    }

    /// @dev The root of the tree that is shown. Only the provider can say for the first time what it is.
    function _rootOf(
        Receipt calldata receipt,
        ReceiptId id,
        Space space,
        bytes32 traceRoot
    ) private returns (bytes32) {
        if (space == Space.Output) return receipt.outputCommitment;
        if (receipt.traceCommitment == 0 && _traceRoots[id] == 0) {
            if (!_isAuthorised(receipt.provider)) revert TraceRootUnknown(id, msg.sender);
            _traceRoots[id] = traceRoot;
            emit TraceRootPosted(id, traceRoot);
        }
        _requireTraceRoot(receipt, id, traceRoot);
        return traceRoot;
    }

    function _isAuthorised(address provider) private view returns (bool) {
        if (msg.sender == provider) return true;
        IKeys.KeyValidity memory key = _registry().keyValidity(provider, msg.sender);
        return key.from <= block.timestamp && block.timestamp < key.until && key.roles & Role.ANCHOR != 0;
    }

    /// @dev Exactly when an answer is not taken any more.
    function _isOverdue(Demand storage demand) private view returns (bool) {
        return _clock() > demand.due && block.number >= demand.dueBlock;
    }

    function _depthOf(ModelHeader calldata header, Space space) private pure returns (uint256) {
        if (space == Space.Trace) return header.traceDepth;
        if (space == Space.Output) return header.outputDepth;
        revert SpaceNotDemandable(space);
    }
}
