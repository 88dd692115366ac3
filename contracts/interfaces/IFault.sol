// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @notice Which fault a module judges. The numbers are part of every `OffenceId`.
enum Fault {
    Equivocation,
    WrongExecution,
    Omission
}

/// @title IFault
/// @notice A judge: says whether `evidence` proves a fault of a receipt, and moves no money for it.
/// @dev Called by the registry (`msg.sender`), which has established that the provider is bound to
/// the receipt. A bad *proof* reverts with a named error; a bad *commitment* is guilt. A revert is
/// never taken for an answer.
interface IFault {
    /// @notice Whether the evidence proves the fault, or proves the provider right.
    /// @param challenger Who shows it.
    /// @return guilty True if the fault is proven.
    /// @return since Unix seconds from which on the challenger can show to have known: the earliest earns.
    function judge(
        Receipt calldata receipt,
        ReceiptId receiptId,
        address challenger,
        bytes calldata evidence
    ) external view returns (bool guilty, uint64 since);
}

/// @title ITimedFault
/// @notice A judge that gives the provider time to answer, and keeps books of that for one registry.
interface ITimedFault is IFault {
    /// @notice Called once, by the registry that it judges for.
    function bind() external;

    /// @notice Seconds for which a receipt can be detained after its window at most; zero if it detains none.
    function longestGame() external view returns (uint256);
}
