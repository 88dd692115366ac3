// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @notice Which fault a module judges. The numbers are part of every `OffenceId`.
enum Fault {
    Equivocation,
    WrongExecution
}

/// @title IFault
/// @notice A judge: says whether `evidence` proves a fault of a receipt, and can do nothing else.
/// @dev Called by the registry (`msg.sender`), which has established that the provider is bound to
/// the receipt. A bad *proof* reverts with a named error; a bad *commitment* is guilt. A revert is
/// never taken for an answer.
interface IFault {
    /// @notice True if the evidence proves the fault, false if it proves the provider right.
    function judge(
        Receipt calldata receipt,
        ReceiptId receiptId,
        bytes calldata evidence
    ) external view returns (bool guilty);
}
