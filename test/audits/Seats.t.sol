// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ISeats} from "../../contracts/interfaces/ISeats.sol";
import {AuditsTest} from "./AuditsTest.sol";

contract SeatsTest is AuditsTest {
    function test_takeSeat_costsTheBond() public {
        token.mint(stranger, BOND);
        vm.prank(stranger);
        token.approve(address(audits), BOND);
        vm.expectEmit(address(audits));
        emit ISeats.SeatTaken(3, stranger);
        vm.prank(stranger);
        uint256 seat = audits.takeSeat();
        ISeats.Seat memory taken = audits.seatOf(seat);
        assertEq(seat, 3, "seat");
        assertEq(taken.auditor, stranger, "auditor");
        assertEq(taken.since, block.number, "since");
        assertEq(taken.leavesAt, 0, "leaves");
        assertEq(taken.pending, 0, "pending");
        assertEq(audits.seatBond(), BOND, "bond");
        assertEq(token.balanceOf(address(audits)), 4 * uint256(BOND), "balance");
    }

    function test_takeSeat_refusesWhoDoesNotPay() public {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(audits), 0, BOND)
        );
        vm.prank(stranger);
        audits.takeSeat();
    }

    function test_takeSeat_givesVacantSeatsFirst() public {
        _leave(1);
        _leave(2);
        assertEq(_takeSeat(stranger), 2, "the last that was left");
        assertEq(_takeSeat(stranger), 1, "the one before");
        assertEq(audits.seatCount(), 3, "seats");
        assertEq(_takeSeat(stranger), 3, "a new one");
    }

    function test_leaveSeat_paysTheBondBackAfterTheTimeThatStakeThaws() public {
        uint256 leavesAt = block.timestamp + THAW;
        vm.expectEmit(address(audits));
        emit ISeats.SeatLeaves(0, leavesAt);
        vm.prank(_auditor(0));
        audits.startLeaving(0);
        vm.warp(leavesAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ISeats.LeaveNotDue.selector, 0, leavesAt));
        vm.prank(_auditor(0));
        audits.leaveSeat(0);
        vm.warp(leavesAt);
        vm.expectEmit(address(audits));
        emit ISeats.SeatLeft(0, _auditor(0));
        vm.prank(_auditor(0));
        audits.leaveSeat(0);
        assertEq(token.balanceOf(_auditor(0)), BOND, "bond");
        assertEq(audits.seatOf(0).auditor, address(0), "auditor");
    }

    function test_leaveSeat_waitsLongerWhileTheRegistrysClockStands() public {
        vm.prank(_auditor(0));
        audits.startLeaving(0);
        vm.prank(guardian);
        governance.stopDisputes(1 days);
        vm.warp(block.timestamp + THAW);
        vm.expectPartialRevert(ISeats.LeaveNotDue.selector);
        vm.prank(_auditor(0));
        audits.leaveSeat(0);
    }

    function test_leaveSeat_refusesWhoHasNotAnnouncedIt() public {
        vm.expectRevert(abi.encodeWithSelector(ISeats.LeaveNotDue.selector, 0, 0));
        vm.prank(_auditor(0));
        audits.leaveSeat(0);
    }

    function test_startLeaving_isOnceAndForOnesOwnSeat() public {
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatNotYours.selector, 0, _auditor(1)));
        vm.prank(_auditor(1));
        audits.startLeaving(0);
        vm.prank(_auditor(0));
        audits.startLeaving(0);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatLeaving.selector, 0, block.timestamp + THAW));
        vm.prank(_auditor(0));
        audits.startLeaving(0);
    }

    function test_leaveSeat_waitsForWhatItVouchedForToBeSettled() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, address auditor) = _vouch(fundId, 0);
        vm.prank(auditor);
        audits.startLeaving(seat);
        vm.warp(block.timestamp + THAW);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatPending.selector, seat, 1));
        vm.prank(auditor);
        audits.leaveSeat(seat);
        vm.roll(block.number + WINDOW_BLOCKS);
        _settle(fundId, 0);
        vm.prank(auditor);
        audits.leaveSeat(seat);
        assertEq(token.balanceOf(auditor), uint256(BOND) + FEE, "bond and fee");
    }

    function test_leaveSeat_isHeldByAnAccusation() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, address auditor) = _vouch(fundId, 0);
        _convict(fundId, 0);
        audits.accuse(fundId, _drawnId(fundId, 0));
        bytes32 accusation = keccak256(abi.encode(fundId, _drawnId(fundId, 0)));
        assertEq(audits.accusationOf(seat), accusation, "accusation");
        vm.prank(auditor);
        audits.startLeaving(seat);
        vm.warp(block.timestamp + THAW);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatPending.selector, seat, 1));
        vm.prank(auditor);
        audits.leaveSeat(seat);
        _settle(fundId, 0);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatNotYours.selector, seat, auditor));
        vm.prank(auditor);
        audits.leaveSeat(seat);
    }

    function _leave(uint256 seat) private {
        vm.prank(_auditor(seat));
        audits.startLeaving(seat);
        vm.warp(block.timestamp + THAW);
        vm.prank(_auditor(seat));
        audits.leaveSeat(seat);
    }
}
