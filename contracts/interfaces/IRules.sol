// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "../types/Terms.sol";

/// @title IRules
/// @notice The terms of new locks, the registry's clock, and what a guardian may hold up for a while.
/// @dev Every period of the registry (window, thaw, escrow, the clocks of disputes) is measured on one clock, which
/// is Unix time less all seconds for which disputes were stopped. So stopping disputes stops every clock, by
/// construction. Nothing here moves money, and nothing changes a lock that exists.
interface IRules {
    error SenderNotGovernance(address sender);
    /// @dev A parameter is outside of its bounds.
    error ParameterInvalid(string name);
    error AnchorsPaused(uint256 until);
    error DisputesStopped(uint256 until);

    event TermsChanged(Terms terms);
    /// @dev Replaces what was said before about the same beginning.
    event AnchorsPausedFor(uint256 from, uint256 until);
    event DisputesStoppedFor(uint256 from, uint256 duration);

    /// @notice Makes `next` the terms of all locks from now on. Only governance, which waits before it does.
    /// Reverts for: `SenderNotGovernance`, `ParameterInvalid`. Emits: `TermsChanged`.
    function setTerms(Terms calldata next) external;

    /// @notice Refuses new anchors until then (Unix seconds); `from` is when the pause began. Disputes go on, and
    /// no receipt that could not be anchored meanwhile counts as omitted. Only governance, which bounds it.
    /// Reverts for: `SenderNotGovernance`. Emits: `AnchorsPausedFor`.
    function pauseAnchors(uint32 from, uint32 until) external;

    /// @notice Stops disputes, and with them every clock and every payment, for `duration` seconds from now on; zero
    /// ends it, or does nothing when there is nothing to end. Only governance, which bounds it.
    /// Reverts for: `SenderNotGovernance`. Emits: `DisputesStoppedFor`.
    function stopDisputes(uint24 duration) external;

    /// @notice Seconds on the registry's clock: Unix seconds less all for which disputes were stopped.
    function clock() external view returns (uint256);

    /// @notice Between which Unix seconds anchors were refused last; both zero if they never were.
    function lastPause() external view returns (uint256 from, uint256 until);

    /// @notice The terms of locks that begin now.
    function terms() external view returns (Terms memory);

    /// @notice Who may call `setTerms`, `pauseAnchors`, `stopDisputes` and `returnPayout`; zero if nobody.
    function governance() external view returns (address);
}
