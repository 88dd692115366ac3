// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConvictions} from "./IConvictions.sol";
import {IModels} from "./IModels.sol";
import {IProviders} from "./IProviders.sol";
import {IReceipts} from "./IReceipts.sol";
import {IReputation} from "./IReputation.sol";
import {IStake} from "./IStake.sol";

/// @title IOnus
/// @notice The whole registry: who answers, with what, with how much behind it, and what came of it.
interface IOnus is IConvictions, IReceipts, IModels, IReputation, IStake, IProviders {}
