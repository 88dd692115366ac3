// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementProof} from "../interfaces/IReferee.sol";

/// @title ElementProofs
/// @notice Reads `abi.encode(ElementProof)` where it lies.
library ElementProofs {
    /// @dev One word with the offset of the struct, and the nine of its head.
    uint256 private constant LEAST_BYTES = 10 * 32;

    /// @dev The head of the struct is not where `abi.encode` puts it.
    error ProofMalformed();

    /// @notice Whoever gets the same bytes reads the same head, whatever lies around them in its calldata. Members
    /// behind it are bounds-checked by the compiler when they are read.
    function decode(bytes calldata proof) internal pure returns (ElementProof calldata p) {
        if (proof.length < LEAST_BYTES || bytes32(proof) != bytes32(uint256(32))) revert ProofMalformed();
        assembly ("memory-safe") {
            // The struct begins behind the word with its offset.
            p := add(proof.offset, 32)
        }
    }
}
