// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountabilityPolicy, Expected, Facts} from "../types/AccountabilityPolicy.sol";
import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {IOnus} from "./IOnus.sol";

/// @title IPolicies
/// @notice Asks whether an answer meets a policy: for frontends, and for contracts that do not inherit the check.
/// @dev Nothing here has state or moves anything, and nothing reverts for what a receipt or an inclusion says. An
/// answer is true in the block that it is given in: a provider's stake, a dispute and a conviction can change it.
interface IPolicies {
    /// @notice One bit per clause that is not met (`Clause`); zero means that the answer is accountable enough.
    function check(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        AccountabilityPolicy calldata policy,
        Expected calldata expected
    ) external view returns (uint256 unmet);

    /// @notice What the clauses are about, so that a refusal can be explained in numbers.
    function facts(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external view returns (Facts memory);

    /// @notice The name of the lowest clause in a mask, empty for zero: what contracts refuse with.
    function firstName(uint256 unmet) external pure returns (string memory);

    /// @notice The registry that is asked.
    function onus() external view returns (IOnus);
}
