// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConvictions} from "./IConvictions.sol";
import {IKeys} from "./IKeys.sol";
import {IModels} from "./IModels.sol";
import {IReceipts} from "./IReceipts.sol";
import {IReputation} from "./IReputation.sol";
import {IRules} from "./IRules.sol";
import {IStake} from "./IStake.sol";

/// @title IOnus
/// @notice The whole registry: who answers, with how much behind it, and what came of it.
interface IOnus is IConvictions, IReceipts, IStake, IKeys, IRules {
    /// @notice Where what was settled is remembered.
    function reputation() external view returns (IReputation);

    /// @notice Where the programs are that providers run.
    function models() external view returns (IModels);
}
