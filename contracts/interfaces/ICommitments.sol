// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReceiptId} from "../types/ReceiptId.sol";

/// @title ICommitments
/// @notice Lets challengers prove when they knew what they show. Evidence can be shown without it; then whoever
/// committed to evidence of the same offence before, at most 15 minutes ago, takes the reward over.
interface ICommitments {
    error AlreadyCommitted(bytes32 commitment);

    event Committed(bytes32 indexed commitment);

    /// @notice Records that what the hash stands for is known. Anyone may send it: the challenger is in the hash.
    /// Can be renewed when it has expired. Reverts for: `AlreadyCommitted`. Emits: `Committed`.
    function commit(bytes32 commitment) external;

    /// @notice Unix seconds at which a commitment was recorded; zero if it was not.
    function committedAt(bytes32 commitment) external view returns (uint64);

    /// @notice `keccak256(abi.encode(receiptId, challenger, keccak256(evidence)))`.
    function commitmentTo(
        ReceiptId receiptId,
        address challenger,
        bytes calldata evidence
    ) external pure returns (bytes32);
}
