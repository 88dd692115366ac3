// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {IAccountabilityCallback} from "../interfaces/IAccountabilityCallback.sol";
import {ICallbacks} from "../interfaces/ICallbacks.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {Place} from "../libraries/Place.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title Callbacks
/// @notice Reads the registry, calls the consumer, and remembers what came of it.
/// @dev Holds nothing, and nobody trusts it with anything but to say what the registry says.
contract Callbacks is ICallbacks, ERC165 {
    using ReceiptLib for Receipt;

    uint256 private constant CALL_GAS = 200_000;
    /// @dev Three questions of 30,000 by ERC-165, a new storage slot, an event, and what is in between.
    uint256 private constant OWN_GAS = 160_000;
    /// @dev Of what is left, 63 parts in 64 can be passed on.
    uint256 private constant GAS_NEEDED = (CALL_GAS * 64) / 63 + OWN_GAS;

    /// @inheritdoc ICallbacks
    IOnus public immutable onus;

    mapping(ReceiptId receiptId => mapping(Kind kind => Outcome)) private _outcomes;

    constructor(IOnus onus_) {
        onus = onus_;
    }

    /// @inheritdoc ICallbacks
    function deliver(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external returns (Kind kind, Outcome outcome) {
        ReceiptId receiptId = onus.receiptIdOf(receipt);
        uint256 faults = onus.faultsOf(receipt.requestKey());
        kind = _kindOf(receiptId, receipt, inclusion, faults);
        outcome = _deliver(receiptId, kind, receipt, faults);
    }

    /// @inheritdoc ICallbacks
    function deliverSigned(Receipt calldata receipt, bytes calldata signature) external returns (Outcome) {
        ReceiptId receiptId = onus.verifySigned(receipt, signature);
        uint256 faults = onus.faultsOf(receipt.requestKey());
        if (faults == 0) revert NothingToDeliver(receiptId);
        return _deliver(receiptId, Kind.Convicted, receipt, faults);
    }

    /// @inheritdoc ICallbacks
    function outcomeOf(ReceiptId receiptId, Kind kind) external view returns (Outcome) {
        return _outcomes[receiptId][kind];
    }

    /// @inheritdoc ICallbacks
    function gasNeeded() external pure returns (uint256) {
        return GAS_NEEDED;
    }

    /// @notice ERC-165: `ICallbacks`.
    function supportsInterface(bytes4 id) public view override returns (bool) {
        return id == type(ICallbacks).interfaceId || super.supportsInterface(id);
    }

    /// @dev Marked as delivered before the call, so that the recipient cannot have it delivered once more.
    function _deliver(
        ReceiptId receiptId,
        Kind kind,
        Receipt calldata receipt,
        uint256 faults
    ) private returns (Outcome outcome) {
        if (_outcomes[receiptId][kind] == Outcome.Delivered) revert AlreadyDelivered(receiptId, kind);
        if (gasleft() < GAS_NEEDED) revert GasTooLow(gasleft(), GAS_NEEDED);
        _outcomes[receiptId][kind] = Outcome.Delivered;
        address recipient = receipt.consumer;
        bytes4 reason = _reasonToSkip(recipient);
        if (reason != 0) {
            outcome = Outcome.Skipped;
            emit CallbackSkipped(receiptId, kind, recipient, reason);
        } else if (_call(recipient, _encode(receiptId, kind, receipt, faults))) {
            outcome = Outcome.Delivered;
            emit CallbackDelivered(receiptId, kind, recipient);
        } else {
            outcome = Outcome.Failed;
            emit CallbackFailed(receiptId, kind, recipient);
        }
        if (outcome != Outcome.Delivered) _outcomes[receiptId][kind] = outcome;
    }

    /// @dev Passes on what it says it does, or nothing: what is left after the checks is more than 64/63 of it.
    function _call(address recipient, bytes memory data) private returns (bool success) {
        assembly ("memory-safe") {
            // No wei, and nothing that it returns is copied, however long it is.
            success := call(CALL_GAS, recipient, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function _kindOf(
        ReceiptId receiptId,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        uint256 faults
    ) private view returns (Kind) {
        (bytes32 lockId, Lock memory lock, uint256 window, bool open) = onus.locate(receipt, inclusion);
        if (faults != 0) return Kind.Convicted;
        bytes32 home = Place.homeOf(onus, receiptId, inclusion);
        bool disputed = lockId != home;
        uint256 since = disputed ? onus.lockOf(home).since : lock.since;
        // A provider could anchor the receipt once more where its time is over sooner.
        if (window < receipt.challengeWindow || since > receipt.anchorBy || receipt.coverage == 0)
            revert PlaceInvalid(receiptId);
        if (!open) return Kind.Final;
        // Anchored twice: the consumer was told that it is final, which it is where that was shown.
        if (!disputed || _outcomes[receiptId][Kind.Final] == Outcome.Delivered)
            revert NothingToDeliver(receiptId);
        return Kind.Disputed;
    }

    /// @dev Zero if the recipient wants to be called.
    function _reasonToSkip(address recipient) private view returns (bytes4) {
        if (recipient.code.length == 0) return RecipientNotContract.selector;
        if (!ERC165Checker.supportsInterface(recipient, type(IAccountabilityCallback).interfaceId))
            return InterfaceUnsupported.selector;
        return 0;
    }

    function _encode(
        ReceiptId receiptId,
        Kind kind,
        Receipt calldata receipt,
        uint256 faults
    ) private pure returns (bytes memory) {
        if (kind == Kind.Disputed)
            return abi.encodeCall(IAccountabilityCallback.onDisputed, (receiptId, receipt));
        if (kind == Kind.Final) return abi.encodeCall(IAccountabilityCallback.onFinal, (receiptId, receipt));
        return abi.encodeCall(IAccountabilityCallback.onConvicted, (receiptId, receipt, faults));
    }
}
