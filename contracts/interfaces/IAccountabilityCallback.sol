// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title IAccountabilityCallback
/// @notice What a consumer contract implements, and says so by ERC-165, to be told what becomes of its answers.
/// @dev Called by `ICallbacks`, and by whoever likes: check the sender. A receipt that names this contract is no
/// promise that this contract asked for it, as providers sign what they like: look the request up. Nothing is sooner
/// or safer for being called back; what is true now, the registry says (`IPolicies`).
///
/// Each function is called with 200,000 gas and nothing that it returns is read. One that fails is called again when
/// anybody asks for it, and never again once it has passed. `onDisputed` comes before the others or not at all.
/// `onConvicted` may follow `onFinal`: signatures alone prove an equivocation about the request after the window, too.
interface IAccountabilityCallback {
    /// @notice The answer is in a dispute that is open. Nothing is proven yet.
    function onDisputed(ReceiptId receiptId, Receipt calldata receipt) external;

    /// @notice A fault about the request was proven, with this answer or another; `faults` as `IConvictions.faultsOf`.
    function onConvicted(ReceiptId receiptId, Receipt calldata receipt, uint256 faults) external;

    /// @notice The answer cannot be challenged any more, and nothing was proven.
    function onFinal(ReceiptId receiptId, Receipt calldata receipt) external;
}
