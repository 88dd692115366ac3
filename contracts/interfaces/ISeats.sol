// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title ISeats
/// @notice Who may be drawn to audit: seats with a bond each, as many as somebody likes to pay for.
/// @dev A seat is the unit of everything: of the chance to be drawn, of what a false word costs, of what is owed. Its
/// number is used again after it was left or lost; then it counts from a later block.
interface ISeats {
    /// @notice One seat. One storage slot.
    struct Seat {
        /// Zero while nobody has the seat.
        address auditor;
        /// Block number at which it was taken.
        uint40 since;
        /// Seconds on the registry's clock; zero while it is to stay.
        uint40 leavesAt;
        /// Answers that it vouched for and that are not settled yet.
        uint16 pending;
    }

    error SeatNotYours(uint256 seat, address sender);
    error SeatLeaving(uint256 seat, uint256 leavesAt);
    error LeaveNotDue(uint256 seat, uint256 leavesAt);
    /// @dev Settle first what it vouched for.
    error SeatPending(uint256 seat, uint256 pending);
    error SeatAccused(uint256 seat, bytes32 accusation);

    event SeatTaken(uint256 indexed seat, address indexed auditor);
    event SeatLeaves(uint256 indexed seat, uint256 leavesAt);
    event SeatLeft(uint256 indexed seat, address indexed auditor);
    /// @dev The bond was burned.
    event SeatLost(uint256 indexed seat, address indexed auditor);

    /// @notice Takes a seat for the sender, for `seatBond` tokens, which must be approved. Emits: `SeatTaken`.
    function takeSeat() external returns (uint256 seat);

    /// @notice Announces that the sender leaves: from now on the seat cannot vouch.
    /// Reverts for: `SeatNotYours`, `SeatLeaving`. Emits: `SeatLeaves`.
    function startLeaving(uint256 seat) external;

    /// @notice Pays the bond back, as long after `startLeaving` as stake needs to thaw, and only when everything the seat
    /// vouched for is settled, however long that takes.
    /// Reverts for: `SeatNotYours`, `LeaveNotDue`, `SeatPending`, `SeatAccused`. Emits: `SeatLeft`.
    function leaveSeat(uint256 seat) external;

    /// @notice Token units that a seat costs.
    function seatBond() external view returns (uint256);

    /// @notice Numbers of seats there are, of those that nobody has too.
    function seatCount() external view returns (uint256);

    function seatOf(uint256 seat) external view returns (Seat memory);

    /// @notice For what the seat is held until it is settled (hash of fund and receipt id); zero for nothing.
    function accusationOf(uint256 seat) external view returns (bytes32);
}
