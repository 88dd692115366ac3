// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {IOnus} from "./IOnus.sol";

/// @title ICallbacks
/// @notice Tells consumer contracts what became of their answers. Anyone delivers; nobody has to.
/// @dev The registry calls no stranger: it does not know of this contract. What is delivered is read from the registry
/// in the same transaction, so a deliverer can choose when, but not what. It pays for the gas, and cannot make a
/// callback fail by sending too little: less than `gasNeeded` is refused before anything is called.
interface ICallbacks {
    /// @notice What a consumer is told about.
    enum Kind {
        Disputed,
        Convicted,
        Final
    }

    /// @notice What became of a callback. All but `Delivered` can be tried again.
    enum Outcome {
        None,
        /// The consumer was called and did not revert.
        Delivered,
        /// The consumer was called and reverted, or ran out of the gas that it is given.
        Failed,
        /// The consumer was not called: it is no contract, or does not say that it wants to be.
        Skipped
    }

    /// @dev The receipt is anchored and nobody disputes it, or it was never convicted: there is nothing to tell.
    error NothingToDeliver(ReceiptId receiptId);
    error AlreadyDelivered(ReceiptId receiptId, Kind kind);
    /// @dev The batch is open for a shorter time than the receipt promises, or was anchored too late.
    error PlaceInvalid(ReceiptId receiptId);
    error GasTooLow(uint256 gas, uint256 need);
    /// @dev Never reverted with: the reason of `CallbackSkipped`.
    error RecipientNotContract(address recipient);
    /// @dev Never reverted with: the reason of `CallbackSkipped`.
    error InterfaceUnsupported(address recipient);

    event CallbackDelivered(ReceiptId indexed receiptId, Kind indexed kind, address indexed recipient);
    event CallbackFailed(ReceiptId indexed receiptId, Kind indexed kind, address indexed recipient);
    /// @dev `reason` is the selector of `RecipientNotContract` or `InterfaceUnsupported`.
    event CallbackSkipped(
        ReceiptId indexed receiptId,
        Kind indexed kind,
        address indexed recipient,
        bytes4 reason
    );

    /// @notice Tells the consumer that the receipt names what the registry says about it now.
    /// Reverts for: `NothingToDeliver`, `AlreadyDelivered`, `PlaceInvalid`, `GasTooLow`, and what `IReceipts.locate`
    /// reverts for. Emits: `CallbackDelivered`, `CallbackFailed` or `CallbackSkipped`.
    function deliver(Receipt calldata receipt, Inclusion calldata inclusion) external returns (Kind, Outcome);

    /// @notice Tells of a conviction about a receipt that nobody has anchored.
    /// Reverts for: as `deliver`, and what `IReceipts.verifySigned` reverts for instead of `locate`.
    function deliverSigned(Receipt calldata receipt, bytes calldata signature) external returns (Outcome);

    function outcomeOf(ReceiptId receiptId, Kind kind) external view returns (Outcome);

    /// @notice Gas that must be left when a callback is about to be made; reading the registry comes before that.
    function gasNeeded() external pure returns (uint256);

    /// @notice The registry that is asked.
    function onus() external view returns (IOnus);
}
