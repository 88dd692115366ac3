// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "../interfaces/ICommitments.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title Commitments
/// @notice Who knew first: a challenger commits to its evidence before it shows it, so that whoever copies it
/// out of a transaction comes later.
/// @dev Commitments do not last: a provider, who knows its lies best, could otherwise commit to the evidence of each
/// when it signs, and take every reward back. It would have to renew them all the time.
abstract contract Commitments is ICommitments {
    uint256 private constant LIFE = 15 minutes;

    mapping(bytes32 commitment => uint64 timestamp) private _committedAt;

    /// @inheritdoc ICommitments
    function commit(bytes32 commitment) external {
        if (_isAlive(_committedAt[commitment])) revert AlreadyCommitted(commitment);
        _committedAt[commitment] = uint64(block.timestamp);
        emit Committed(commitment);
    }

    /// @inheritdoc ICommitments
    function committedAt(bytes32 commitment) external view returns (uint64) {
        return _committedAt[commitment];
    }

    /// @inheritdoc ICommitments
    function commitmentTo(
        ReceiptId receiptId,
        address challenger,
        bytes memory evidence
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(receiptId, challenger, keccak256(evidence)));
    }

    /// @dev Since when the challenger has known the evidence: from now on, if it has not committed to it lately.
    function _knownSince(
        ReceiptId receiptId,
        address challenger,
        bytes memory evidence
    ) internal view returns (uint64 since) {
        since = _committedAt[commitmentTo(receiptId, challenger, evidence)];
        if (!_isAlive(since)) since = uint64(block.timestamp);
    }

    function _isAlive(uint64 since) private view returns (bool) {
        return since + LIFE >= block.timestamp;
    }
}
