// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Randao} from "../libraries/Randao.sol";

/// @title RandaoHarness
/// @notice Calls `Randao` from outside, for tests on a chain that makes real headers.
contract RandaoHarness {
    function mixOf(uint256 blockNumber, bytes calldata header) external view returns (bytes32) {
        return Randao.mixOf(blockNumber, header);
    }
}
