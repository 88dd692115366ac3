// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";

/// @title Randao
/// @notice Randomness of a past block, out of its header.
/// @dev A block's hash would be at hand without its header, but who builds the block can try as many as it likes (the
/// order of transactions, `extraData`). The RANDAO mix in the header leaves a proposer one choice: to propose or not.
library Randao {
    /// @dev Not the header of that block, or the block is too old (8,191 blocks with EIP-2935, else 256) or to come.
    error HeaderInvalid(uint256 blockNumber, bytes32 headerHash);

    /// @notice The RANDAO mix in a block of the past.
    /// @param header The block's header in RLP.
    function mixOf(uint256 blockNumber, bytes memory header) internal view returns (bytes32) {
        bytes32 headerHash = keccak256(header);
        if (Blockhash.blockHash(blockNumber) != headerHash) revert HeaderInvalid(blockNumber, headerHash);
        return BlockHeader.getPrevRandao(header);
    }
}
