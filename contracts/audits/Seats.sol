// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {ISeats} from "../interfaces/ISeats.sol";

/// @title Seats
/// @notice Bonds of auditors. Every number is booked here; balances are never read.
abstract contract Seats is ISeats {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    address private constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    IOnus internal immutable _onus;
    IERC20 private immutable _token;
    uint256 internal immutable _bond;
    uint256 private immutable _leaveTime;

    Seat[] private _seats;
    /// @dev Seats that nobody has, to be taken before new ones are made: draws would go into the void.
    uint32[] private _vacant;
    mapping(uint256 seat => bytes32) private _accusations;

    constructor(IOnus onus, uint256 bond) {
        (_onus, _bond) = (onus, bond);
        (_token, _leaveTime) = (onus.token(), onus.thawPeriod());
    }

    /// @inheritdoc ISeats
    function takeSeat() external returns (uint256 seat) {
        if (_vacant.length == 0) {
            seat = uint256(_seats.length.toUint32());
            _seats.push();
        } else {
            seat = _vacant[_vacant.length - 1];
            _vacant.pop();
        }
        _seats[seat] = Seat({auditor: msg.sender, since: uint40(block.number), leavesAt: 0, pending: 0});
        emit SeatTaken(seat, msg.sender);
        _pull(_bond);
    }

    /// @inheritdoc ISeats
    function startLeaving(uint256 seat) external {
        Seat storage mine = _mine(seat);
        if (mine.leavesAt != 0) revert SeatLeaving(seat, mine.leavesAt);
        mine.leavesAt = uint40(_onus.clock() + _leaveTime);
        emit SeatLeaves(seat, mine.leavesAt);
    }

    /// @inheritdoc ISeats
    function leaveSeat(uint256 seat) external {
        Seat storage mine = _mine(seat);
        if (mine.leavesAt == 0 || _onus.clock() < mine.leavesAt) revert LeaveNotDue(seat, mine.leavesAt);
        if (mine.pending != 0) revert SeatPending(seat, mine.pending);
        _requireNotAccused(seat);
        _vacate(seat);
        emit SeatLeft(seat, msg.sender);
        _pay(msg.sender, _bond);
    }

    /// @inheritdoc ISeats
    function seatBond() external view returns (uint256) {
        return _bond;
    }

    /// @inheritdoc ISeats
    function seatCount() public view returns (uint256) {
        return _seats.length;
    }

    /// @inheritdoc ISeats
    function seatOf(uint256 seat) public view returns (Seat memory) {
        return _seats[seat];
    }

    /// @inheritdoc ISeats
    function accusationOf(uint256 seat) public view returns (bytes32) {
        return _accusations[seat];
    }

    /// @dev Who can vouch with the seat in a draw that was paid for in block `paidIn`; zero if nobody.
    function _auditorOf(uint256 seat, uint256 paidIn) internal view returns (address) {
        Seat memory taken = _seats[seat];
        bool counts = taken.since <= paidIn && taken.leavesAt == 0 && _accusations[seat] == 0;
        return counts ? taken.auditor : address(0);
    }

    /// @dev Whether nobody else has had the seat since.
    function _isStill(uint256 seat, uint256 since) internal view returns (bool) {
        return _seats[seat].auditor != address(0) && _seats[seat].since == since;
    }

    /// @dev Another answer that the seat has to stand for. Returns since when it counts.
    function _addPending(uint256 seat) internal returns (uint40) {
        ++_seats[seat].pending;
        return _seats[seat].since;
    }

    /// @dev One answer less. Returns who is to be paid.
    function _removePending(uint256 seat) internal returns (address) {
        _requireNotAccused(seat);
        --_seats[seat].pending;
        return _seats[seat].auditor;
    }

    function _accuse(uint256 seat, bytes32 accusation) internal {
        _accusations[seat] = accusation;
    }

    function _acquit(uint256 seat, bytes32 accusation) internal {
        if (_accusations[seat] == accusation) delete _accusations[seat];
    }

    function _burnSeat(uint256 seat) internal {
        emit SeatLost(seat, _seats[seat].auditor);
        _vacate(seat);
        _pay(BURN_ADDRESS, _bond);
    }

    function _pull(uint256 amount) internal {
        _token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _pay(address to, uint256 amount) internal {
        _token.safeTransfer(to, amount);
    }

    function _requireNotAccused(uint256 seat) private view {
        if (_accusations[seat] != 0) revert SeatAccused(seat, _accusations[seat]);
    }

    function _mine(uint256 seat) private view returns (Seat storage mine) {
        mine = _seats[seat];
        if (mine.auditor != msg.sender) revert SeatNotYours(seat, msg.sender);
    }

    function _vacate(uint256 seat) private {
        delete _seats[seat];
        delete _accusations[seat];
        _vacant.push(uint32(seat));
    }
}
