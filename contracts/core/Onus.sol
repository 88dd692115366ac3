// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFault, IWrongExecution} from "../interfaces/IFault.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {Convictions} from "./Convictions.sol";
import {Receipts} from "./Receipts.sol";
import {Stake} from "./Stake.sol";

/// @title Onus
/// @notice Attestations of AI inference with money behind them.
/// @dev One contract that holds the token, read bottom-up: `Providers` (identities, keys, faults) <-
/// `Stake` (money) <- `Reputation` (memory) <- `Receipts` (reservation, with `Models`) <- `Convictions`
/// (liability). It has no owner, no role, no upgrade and no parameter that can change.
contract Onus is IOnus, Convictions {
    /// @notice Everything that is chosen at deployment.
    struct Parameters {
        /// A plain ERC-20.
        IERC20 token;
        /// Smallest active stake, in token units, with which a provider can attest; at least 1e9.
        uint256 minStake;
        /// Seconds that stake takes to leave; at least `MAX_WINDOW`, the longest game and `escrow` together.
        uint256 thawPeriod;
        /// Blocks that a challenge window lasts at least; at most 14 days of 12 seconds each. Thawing goes by
        /// time alone: during an outage of the chain, unreserved stake may leave before a window is over.
        uint256 minWindowBlocks;
        /// Seconds between a conviction and its payouts, at most 30 days.
        uint256 escrow;
        IFault equivocation;
        IWrongExecution wrongExecution;
    }

    /// @dev A parameter is outside of its bounds.
    error ParameterInvalid(string name);

    constructor(
        Parameters memory p
    )
        Stake(p.token, p.minStake, p.thawPeriod)
        Receipts(p.minWindowBlocks)
        Convictions(p.escrow, p.equivocation, p.wrongExecution)
    {
        if (address(p.token).code.length == 0) revert ParameterInvalid("token");
        if (p.minStake < 1e9 || p.minStake > type(uint96).max) revert ParameterInvalid("minStake");
        if (address(p.equivocation).code.length == 0) revert ParameterInvalid("equivocation");
        if (address(p.wrongExecution).code.length == 0) revert ParameterInvalid("wrongExecution");
        if (p.escrow > 30 days) revert ParameterInvalid("escrow");
        if (p.thawPeriod < MAX_WINDOW + p.wrongExecution.longestGame() + p.escrow || p.thawPeriod > 365 days)
            revert ParameterInvalid("thawPeriod");
        if (p.minWindowBlocks > 100_800) revert ParameterInvalid("minWindowBlocks");
        p.wrongExecution.bind();
    }
}
