// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Receipt} from "../types/Receipt.sol";
import {Terms} from "../types/Terms.sol";

/// @title IGovernance
/// @notice The only hands that reach into the registry, and how short they are.
/// @dev
/// ```
/// governor   proposes terms for locks to come; they hold after `delay`, longer than all stake needs to leave
/// guardian   pauses new anchors (at most 30 days, then as long a rest), stops all clocks (at most 7 days, then
///            30 days of rest), gives back what a conviction took while it is in escrow
/// nobody     takes stake, redirects a payout, changes a lock that exists, or judges
/// ```
/// The governor appoints the guardian and hands its own place over in two steps (`Ownable2Step`).
interface IGovernance {
    error SenderNotGuardian(address sender);
    error NothingProposed();
    error DelayNotOver(uint256 until);
    /// @dev Longer than a guardian may, or too soon after the last time.
    error HoldRefused(uint256 duration, uint256 longest, uint256 earliest);
    /// @dev A change by more than a factor of ten at once.
    error ChangeTooLarge(string name);

    event TermsProposed(Terms terms, uint256 enactableAt);
    event ProposalCancelled();
    event GuardianAppointed(address indexed guardian);

    /// @notice Called once, by the registry that it governs.
    function bind() external;

    /// @notice Announces terms; a new proposal replaces the last. Only the governor.
    /// Reverts for: `OwnableUnauthorizedAccount`, `ParameterInvalid`, `ChangeTooLarge`. Emits: `TermsProposed`.
    function propose(Terms calldata terms) external;

    /// @notice Withdraws the proposal. Only the governor.
    /// Reverts for: `OwnableUnauthorizedAccount`, `NothingProposed`. Emits: `ProposalCancelled`.
    function cancel() external;

    /// @notice Makes proposed terms hold once the delay is over. Anyone may call.
    /// Reverts for: `NothingProposed`, `DelayNotOver`, and what `IRules.setTerms` reverts for.
    function enact() external;

    /// @notice Refuses new anchors for `duration` seconds from now; zero ends it. Pauses less than 60 days apart
    /// are remembered as one, so that nobody is claimed to have omitted what it could not anchor. Only the guardian.
    /// Reverts for: `SenderNotGuardian`, `HoldRefused`.
    function pauseAnchors(uint24 duration) external;

    /// @notice Stops disputes and every clock for `duration` seconds; zero ends it, if it is not over, and the
    /// rest begins. Only the guardian.
    /// Reverts for: `SenderNotGuardian`, `HoldRefused`.
    function stopDisputes(uint24 duration) external;

    /// @notice Gives back to the provider what a conviction took (`IConvictions.returnPayout`). Only the guardian.
    /// Reverts for: `SenderNotGuardian`, and what `returnPayout` reverts for.
    function returnPayout(bytes32 payoutId, Receipt calldata receipt) external;

    /// @notice Only the governor; zero for nobody.
    /// Reverts for: `OwnableUnauthorizedAccount`. Emits: `GuardianAppointed`.
    function appointGuardian(address guardian) external;

    function guardian() external view returns (address);

    /// @notice Seconds between a proposal and the moment at which it can hold.
    function delay() external view returns (uint256);

    /// @notice The terms that are proposed, and from when on they can be enacted; zero if none are.
    function proposal() external view returns (Terms memory terms, uint256 enactableAt);
}
